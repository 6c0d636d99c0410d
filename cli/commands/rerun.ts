import {randomUUID} from 'node:crypto';
import {Command, InvalidArgumentError} from 'commander';
import type {Overrides} from '../../shared/domain/rerun-plan.ts';
import {RERUN_STAGES, type RerunStage} from '../../shared/domain/run.ts';
import {type GlobalFlags, tell} from '../output.ts';
import {addOverride} from '../overrides.ts';
import {rerunFromEnvironment} from '../ports.ts';

interface Flags extends GlobalFlags {
  readonly from: RerunStage;
  readonly set?: Overrides;
  readonly force?: true;
}

export const rerun = new Command('rerun')
  .description('run the data of a run again, from a stage on, with results of the stages before')
  .argument('<run>', 'run id')
  .option('--from <stage>', `first stage to do again: ${RERUN_STAGES.join(', ')}`, stageOf, 'split')
  .option('--set <path=value...>', 'another setting for what is to come, e.g. tune.maxTrials=3', addOverride)
  .option('--force', 'cancel the run first when it has not ended')
  .action(async (run: string, _: unknown, command: Command) => {
    const {from, set: overrides = {}, force = false, json} = command.optsWithGlobals<Flags>();
    const client = rerunFromEnvironment();
    const answer = await client.ask({action: 'rerun', run, from, overrides, force}, randomUUID());
    tell({run: answer.run, parent: run, from}, json, (rerun) =>
      [
        `Run ${rerun.run} does ${run} again from ${from} on.`,
        `Follow it: npx millrace show ${rerun.run}`,
      ].join('\n'),
    );
  });

function stageOf(text: string): RerunStage {
  const stage = RERUN_STAGES.find((known) => known === text);
  if (stage === undefined) throw new InvalidArgumentError(`There are ${RERUN_STAGES.join(', ')}.`);
  return stage;
}
