import {Command} from 'commander';
import {Listr} from 'listr2';
import {readInputs, type Target} from '../deployment-inputs.ts';
import {CLOUD_CHECKS} from '../doctor/cloud-checks.ts';
import {Examination, lookAt} from '../doctor/examine.ts';
import {type Finding, skipped} from '../doctor/finding.ts';
import {localChecks} from '../doctor/local-checks.ts';
import {EXIT, type GlobalFlags} from '../output.ts';

interface Flags extends GlobalFlags, Partial<Target> {
  readonly offline?: true;
}

interface Line extends Finding {
  readonly title: string;
}

interface Check {
  readonly title: string;
  readonly find: () => Promise<Finding>;
}

export const doctor = new Command('doctor')
  .description('check what a deployment to Google Cloud needs; say what to type for what is missing')
  .option('--project <id>', 'project to look at; else that of infra/terraform.tfvars')
  .option('--region <name>', 'region to look at; else that of infra/terraform.tfvars')
  .option('--offline', 'only what can be checked without Google')
  .action(async (_: Flags, command: Command) => {
    const {offline, json, project, region} = command.optsWithGlobals<Flags>();
    const flags = {...(project && {project}), ...(region && {region})};
    const checks = await checksFor(flags, offline === true);
    const lines = json ? await findAll(checks) : await showAll(checks);
    if (json) console.log(JSON.stringify(lines, null, 2));
    process.exitCode = lines.some(({status}) => status === 'failed') ? EXIT.failed : EXIT.done;
  });

async function checksFor(flags: Partial<Target>, isOffline: boolean): Promise<Check[]> {
  const inputs = readInputs(flags);
  const target = await inputs.catch(() => undefined);
  const examination = target && new Examination(target);
  return [
    ...localChecks(() => inputs).map((check) => ({title: check.title, find: () => lookAt(check)})),
    ...CLOUD_CHECKS.map((check) => ({
      title: check.title,
      find: async () => {
        if (isOffline) return skipped('needs Google');
        return examination ? examination.ask(check) : skipped('nothing to see without variables');
      },
    })),
  ];
}

async function findAll(checks: readonly Check[]): Promise<Line[]> {
  const lines: Line[] = [];
  for (const {title, find} of checks) lines.push({title, ...(await find())});
  return lines;
}

async function showAll(checks: readonly Check[]): Promise<Line[]> {
  const lines: Line[] = [];
  const tasks = checks.map(({title, find}) => ({
    title,
    task: async (_: unknown, task: {title: string; skip: (message: string) => void}) => {
      const finding = await find();
      const {status, found, remedy} = finding;
      lines.push({title, ...finding});
      if (status === 'skipped') return task.skip(`${title}: ${found}`);
      task.title = `${title}: ${found}${status === 'later' ? '; deploying makes it' : ''}`;
      if (status === 'failed') throw new Error([task.title, remedy].join('\n'));
    },
  }));
  await new Listr(tasks, {
    exitOnError: false,
    fallbackRenderer: 'simple',
    rendererOptions: {collapseErrors: false},
  }).run();
  return lines;
}
