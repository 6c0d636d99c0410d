import type {Deployment} from './deployment.ts';
import type {DeploymentInputs} from './deployment-inputs.ts';
import {deployerOf} from './doctor/deployer.ts';

/** What can apply infra/: Infrastructure Manager is part of gcloud, and what cloudbuild.yaml uses, too. */
export const DEPLOY_TOOLS = ['infra-manager', 'terraform', 'tofu'] as const;
export type DeployTool = (typeof DEPLOY_TOOLS)[number];

/** A command, as a list: nothing of it is read by a shell. */
export type Step = readonly [program: string, ...args: string[]];

/** Region of Infrastructure Manager, which is not offered everywhere. */
const MANAGER_REGION = 'us-central1';

/** All that deploying runs, in order, in the project folder. */
export function deploySteps(tool: DeployTool, {project, region}: DeploymentInputs): Step[] {
  const build: Step = ['npm', 'run', 'build'];
  if (tool === 'infra-manager') return [build, ...stageSteps(), managerStep(project, region)];
  const variables = [`-var=project=${project}`, `-var=region=${region}`];
  return [
    build,
    [tool, '-chdir=infra', 'init', '-input=false'],
    // Asked for once already, by this command.
    [tool, '-chdir=infra', 'apply', '-input=false', '-auto-approve', ...variables],
    [tool, '-chdir=infra', 'output', '-raw', 'environment'],
  ];
}

/** One folder with everything that Terraform reads; terraform.tfvars goes along. */
function stageSteps(): Step[] {
  return [
    ['rm', '-rf', 'dist/deploy'],
    ['mkdir', '-p', 'dist/deploy/dist'],
    ['cp', '-r', 'infra/.', 'workflows', 'dist/deploy'],
    ['cp', '-r', 'dist/functions', 'dist/deploy/dist'],
  ];
}

function managerStep(project: string, region: string): Step {
  return [
    'gcloud',
    'infra-manager',
    'deployments',
    'apply',
    `projects/${project}/locations/${MANAGER_REGION}/deployments/millrace`,
    `--service-account=projects/${project}/serviceAccounts/${deployerOf(project)}`,
    '--local-source=dist/deploy',
    `--input-values=project=${project},region=${region},sources=.`,
  ];
}

/** What will be there afterwards, and what it costs when nothing runs. */
export function describeDeployment({functions, topics}: Deployment, inputs: DeploymentInputs): string {
  return [
    `In ${inputs.project}, ${inputs.region}:`,
    `  ${Object.keys(functions).length} functions, each with an account of its own and no instance kept waiting`,
    `  ${topics.length} topics with their subscriptions, 5 buckets, 1 database, 2 image repositories`,
    '  the workflows, 1 schedule, 1 log sink, 1 key, alerts, a dashboard, a budget',
    'Idle it costs the key, about 0.06 USD a month; the sweep of every minute lies within the free tier.',
  ].join('\n');
}
