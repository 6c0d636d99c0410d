import {randomUUID} from 'node:crypto';
import {Command} from 'commander';
import {type GlobalFlags, tell} from '../output.ts';
import {rerunFromEnvironment} from '../ports.ts';

interface Flags extends GlobalFlags {
  readonly reason: string;
}

export const cancel = new Command('cancel')
  .description('ask a run to end; it has ended when its builds and jobs have')
  .argument('<run>', 'run id')
  .requiredOption('--reason <text>', 'why, for those who look at the run later')
  .action(async (run: string, _: unknown, command: Command) => {
    const {reason, json} = command.optsWithGlobals<Flags>();
    const answer = await rerunFromEnvironment().ask({action: 'cancel', run, reason}, randomUUID());
    tell(answer, json, () => [`Run ${run} shall end.`, `See when: npx millrace show ${run}`].join('\n'));
  });
