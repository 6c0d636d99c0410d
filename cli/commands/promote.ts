import {randomUUID} from 'node:crypto';
import {Command} from 'commander';
import {findCanary} from '../find-canary.ts';
import {type GlobalFlags, tell} from '../output.ts';
import {portsFromEnvironment, rerunFromEnvironment} from '../ports.ts';

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
    const run = RUN_ID.test(name) ? name : await findCanary(name, portsFromEnvironment());
    const answer = await rerunFromEnvironment().ask({action: 'promote', run, reason}, randomUUID());
    tell(answer, json, () =>
      [`Run ${answer.run} shall have all the traffic.`, `See when: npx millrace show ${answer.run}`].join(
        '\n',
      ),
    );
  });
