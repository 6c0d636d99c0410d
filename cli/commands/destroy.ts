import {Command, Option} from 'commander';
import {readInputs, type Target} from '../deployment-inputs.ts';
import {
  DESTROY_TOOLS,
  type DestroyTool,
  describeDestruction,
  destroySteps,
  initStep,
  recordStep,
} from '../destroy-steps.ts';
import {type GlobalFlags, tell} from '../output.ts';
import {confirm, installedTool, runSteps, typed} from '../run-steps.ts';
import {outputOf} from '../tool.ts';

interface Flags extends GlobalFlags, Partial<Target> {
  readonly tool?: DestroyTool;
  readonly dryRun?: true;
  readonly yes?: true;
}

export const destroy = new Command('destroy')
  .description('take a deployment down, but what holds data: say what goes and what stays, and ask')
  .option('--project <id>', 'where from; else that of infra/terraform.tfvars')
  .option('--region <name>', 'where in it; else that of infra/terraform.tfvars')
  .addOption(new Option('--tool <name>', 'what has applied infra/').choices(DESTROY_TOOLS))
  .option('--dry-run', 'only print the commands')
  .option('--yes', 'do not ask')
  .action(async (_: Flags, command: Command) => {
    const {tool: asked, dryRun, yes, json, project, region} = command.optsWithGlobals<Flags>();
    const inputs = await readInputs({...(project && {project}), ...(region && {region})});
    const tool = asked ?? (await installedTool(DESTROY_TOOLS));
    if (dryRun) return tell([initStep(tool), ...destroySteps(tool, inputs)], json, typed);
    console.error(describeDestruction(inputs));
    if (!yes) await confirm('Destroy?');
    await runSteps([initStep(tool)]);
    await runSteps(destroySteps(tool, inputs, await onRecord(tool)));
  });

/** What is to stay and not forgotten yet. @throws PermanentError TOOL_FAILED */
async function onRecord(tool: DestroyTool): Promise<string[]> {
  const [program, ...args] = recordStep(tool);
  return (await outputOf(program, args)).split('\n').filter(Boolean);
}
