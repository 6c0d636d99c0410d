import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline/promises';
import {Command, Option} from 'commander';
import {PermanentError} from '../../shared/errors.ts';
import {DEPLOY_TOOLS, type DeployTool, deploySteps, describeDeployment, type Step} from '../deploy-steps.ts';
import {readDeployment} from '../deployment.ts';
import {readInputs, type Target} from '../deployment-inputs.ts';
import {type GlobalFlags, tell} from '../output.ts';
import {projectFolder} from '../project-folder.ts';
import {outputOf} from '../tool.ts';

interface Flags extends GlobalFlags, Partial<Target> {
  readonly tool?: DeployTool;
  readonly dryRun?: true;
  readonly yes?: true;
}

export const deploy = new Command('deploy')
  .description('deploy to Google Cloud: say what will be made, ask, and run Terraform')
  .option('--project <id>', 'where to; else that of infra/terraform.tfvars')
  .option('--region <name>', 'where in it; else that of infra/terraform.tfvars')
  .addOption(new Option('--tool <name>', 'what applies infra/').choices(DEPLOY_TOOLS))
  .option('--dry-run', 'only print the commands')
  .option('--yes', 'do not ask')
  .action(async (_: Flags, command: Command) => {
    const {tool, dryRun, yes, json, project, region} = command.optsWithGlobals<Flags>();
    const inputs = await readInputs({...(project && {project}), ...(region && {region})});
    const steps = deploySteps(tool ?? (await installedTool()), inputs);
    if (dryRun) return tell(steps, json, (each) => each.map((step) => step.join(' ')).join('\n'));
    console.error(describeDeployment(await readDeployment(), inputs));
    if (!yes) await confirm();
    for (const step of steps) await run(step);
  });

/** @throws PermanentError TOOL_MISSING */
async function installedTool(): Promise<DeployTool> {
  const programs = {'infra-manager': 'gcloud', terraform: 'terraform', tofu: 'tofu'} as const;
  for (const tool of DEPLOY_TOOLS) {
    const version = await outputOf(programs[tool], ['version']).catch(() => undefined);
    if (version !== undefined) return tool;
  }
  throw new PermanentError('TOOL_MISSING', 'neither gcloud nor terraform nor tofu is installed', {
    hint: 'gcloud alone is enough: https://cloud.google.com/sdk/docs/install',
  });
}

/** @throws PermanentError NOT_CONFIRMED */
async function confirm(): Promise<void> {
  if (process.stdin.isTTY) {
    const terminal = createInterface({input: process.stdin, output: process.stderr});
    const answer = await terminal.question('Deploy? Only "yes" will do: ');
    terminal.close();
    if (answer === 'yes') return;
  }
  throw new PermanentError('NOT_CONFIRMED', 'nobody has said yes', {
    hint: 'Answer yes, or give --yes; --dry-run only prints the commands.',
  });
}

/** @throws PermanentError TOOL_FAILED after the program has written its reasons itself */
async function run([program, ...args]: Step): Promise<void> {
  const child = spawn(program, args, {cwd: projectFolder, stdio: 'inherit'});
  const [code] = await once(child, 'exit');
  if (code === 0) return;
  throw new PermanentError('TOOL_FAILED', `${program} ended with ${String(code)}`, {
    where: [program, ...args].join(' '),
    hint: 'Its own words stand above. Done again, deploying goes on where it stopped.',
  });
}
