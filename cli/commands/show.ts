import {Command} from 'commander';
import type {Run} from '../../shared/domain/run.ts';
import {findRun} from '../../shared/find-run.ts';
import {describeCost, describeEstimate} from '../describe-cost.ts';
import {columns, type GlobalFlags, tell} from '../output.ts';
import {portsFromEnvironment} from '../ports.ts';

export const show = new Command('show')
  .description('tell everything about one run')
  .argument('<run>', 'run id')
  .action(async (runId: string, _: unknown, command: Command) => {
    tell(await findRun(runId, portsFromEnvironment()), command.optsWithGlobals<GlobalFlags>().json, describe);
  });

function warningLines({split}: Run): [string, string][] {
  return (split?.warnings ?? []).map(({code, sentence}) => ['warning', `${code}: ${sentence}`]);
}

function costLines({estimate, cost}: Run): [string, string | undefined][] {
  return [
    ['estimate', estimate && describeEstimate(estimate)],
    ['cost', cost && describeCost(cost)],
  ];
}

function dataOf({input, parent, from}: Run): string {
  const data = `gs://${input.bucket}/${input.name}#${input.generation}`;
  return parent === undefined ? data : `${data}, rerun ${input.epoch}: ${parent} from ${from} on`;
}

function describe(run: Run): string {
  const {split, image, tuning, training, release, failure, trouble, waiting, supersededBy} = run;
  const facts: [string, string | undefined][] = [
    ['run', `${run.id}, ${run.state}`],
    ['data', dataOf(run)],
    ['split', split && `${split.manifest} (${split.labelSentence})`],
    ...warningLines(run),
    ['image', image && `${image.uri}${image.reused ? ', reused' : ''}`],
    ['tuning', tuning && `${tuning.job}${tuning.why ? `; ${tuning.why}` : ''}`],
    ['training', training && `${training.job} → ${training.modelDir}`],
    [
      'release',
      release &&
        [release.model, release.version, release.endpoint, release.sentence].filter(Boolean).join(', '),
    ],
    [
      'canary',
      release?.canary === undefined
        ? undefined
        : `${release.canary} % of the traffic; give it all with: npx millrace promote ${run.id} --reason TEXT`,
    ],
    ...costLines(run),
    ['waiting', waiting && `for a permit at the door ${waiting.door}, since ${waiting.since}`],
    ['superseded', supersededBy && `by generation ${supersededBy} of the same object`],
    ['trouble', trouble && `${trouble.stage} will be tried again: ${trouble.message}`],
    ['failure', failure && `${failure.stage}: ${failure.code}: ${failure.message}`],
    ['where', failure?.where],
    ['what to do', failure?.hint],
  ];
  const history = run.history.map(({state, at}) => ['', `${at}  ${state}`]);
  const known = facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return columns([...known, ['accepted', run.createdAt], ...history]);
}
