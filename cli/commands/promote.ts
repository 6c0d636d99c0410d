import {randomUUID} from 'node:crypto';
import {Command} from 'commander';
import {PermanentError} from '../../shared/errors.ts';
import type {Ports} from '../../shared/ports.ts';
import {type GlobalFlags, tell} from '../output.ts';
import {portsFromEnvironment, rerunFromEnvironment} from '../ports.ts';

const RUNS_LOOKED_AT = 100;
const RUN_ID = /^r[0-9a-v]{26}$/;

interface Flags extends GlobalFlags {
  readonly reason: string;
}

export const promote = new Command('promote')
  .description('give a canary all the traffic, or release a model against the gate')
  .argument('<run>', 'run id, or the pipeline whose canary is meant')
  .requiredOption('--reason <text>', 'why, for those who look at the run later')
  .action(async (name: string, _: unknown, command: Command) => {
    const {reason, json} = command.optsWithGlobals<Flags>();
    const run = RUN_ID.test(name) ? name : await canaryOf(name, portsFromEnvironment());
    const answer = await rerunFromEnvironment().ask({action: 'promote', run, reason}, randomUUID());
    tell(answer, json, () =>
      [`Run ${answer.run} shall have all the traffic.`, `See when: npx millrace show ${answer.run}`].join(
        '\n',
      ),
    );
  });

async function canaryOf(pipeline: string, {runs}: Ports): Promise<string> {
  const listed = await runs.list({pipeline, limit: RUNS_LOOKED_AT});
  const canary = listed.find(({state}) => state === 'canary');
  if (canary !== undefined) return canary.id;
  throw new PermanentError('NOTHING_TO_PROMOTE', `pipeline "${pipeline}" has no canary`, {
    hint: `See its runs: npx millrace runs --pipeline ${pipeline}`,
  });
}
