import {Command, Option} from 'commander';
import {DEPLOY_TOOLS, type DeployTool, deploySteps, describeDeployment} from '../deploy-steps.ts';
import {readDeployment} from '../deployment.ts';
import {readInputs, type Target} from '../deployment-inputs.ts';
import {type GlobalFlags, tell} from '../output.ts';
import {confirm, installedTool, runSteps, typed} from '../run-steps.ts';

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
    const steps = deploySteps(tool ?? (await installedTool(DEPLOY_TOOLS)), inputs);
    if (dryRun) return tell(steps, json, typed);
    console.error(describeDeployment(await readDeployment(), inputs));
    if (!yes) await confirm('Deploy?');
    await runSteps(steps);
  });
