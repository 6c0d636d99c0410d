import {randomUUID} from 'node:crypto';
import {Command} from 'commander';
import {crowningsOf, rollBackTo} from '../../shared/domain/champions.ts';
import {type GlobalFlags, tell} from '../output.ts';
import {portsFromEnvironment, rerunFromEnvironment} from '../ports.ts';

interface Flags extends GlobalFlags {
  readonly reason: string;
  readonly to?: string;
}

export const rollback = new Command('rollback')
  .description('bring the version before back: it is deployed again, asked, given the traffic and crowned')
  .argument('<pipeline>', 'pipeline whose champion is to go; a canary goes first')
  .option('--to <version>', 'the version to bring back, if not the one before')
  .requiredOption('--reason <text>', 'why, for those who look at the versions later')
  .action(async (pipeline: string, _: unknown, command: Command) => {
    const {reason, to, json} = command.optsWithGlobals<Flags>();
    const {run, said} = await bringBack(pipeline, to, reason);
    tell({run}, json, () => [said, `See when: npx millrace show ${run}`].join('\n'));
  });

/** A canary is no champion yet: taking it back brings the champion back. Any other version waits for it to be gone. */
async function bringBack(
  pipeline: string,
  to: string | undefined,
  reason: string,
): Promise<{readonly run: string; readonly said: string}> {
  const rerun = rerunFromEnvironment();
  const releases = await portsFromEnvironment().runs.releases(pipeline);
  const canary = releases.find(({state}) => state === 'canary');
  const before = canary !== undefined && to === undefined ? undefined : rollBackTo(crowningsOf(releases), to);
  if (canary !== undefined) await rerun.ask({action: 'cancel', run: canary.id, reason}, randomUUID());
  if (before === undefined) return {run: canary?.id ?? '', said: 'The canary gives its traffic back.'};
  const {run} = await rerun.ask({action: 'rollback', run: before.run, reason}, randomUUID());
  return {run, said: `Run ${run} brings it back.`};
}
