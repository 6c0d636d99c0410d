import {randomUUID} from 'node:crypto';
import {Command} from 'commander';
import {crowningsOf, rollBackTo} from '../../shared/domain/champions.ts';
import type {Ports} from '../../shared/ports.ts';
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
    const request = await requestFor(pipeline, to, portsFromEnvironment());
    const answer = await rerunFromEnvironment().ask({...request, reason}, randomUUID());
    tell(answer, json, ({run}) =>
      [
        request.action === 'cancel'
          ? `The canary of run ${run} gives its traffic back.`
          : `Run ${run} brings it back.`,
        `See when: npx millrace show ${run}`,
      ].join('\n'),
    );
  });

/** A canary is no champion yet: taking it back brings the champion back. */
async function requestFor(
  pipeline: string,
  to: string | undefined,
  {runs}: Ports,
): Promise<{readonly action: 'cancel' | 'rollback'; readonly run: string}> {
  const releases = await runs.releases(pipeline);
  const canary = releases.find(({state}) => state === 'canary');
  if (canary !== undefined && to === undefined) return {action: 'cancel', run: canary.id};
  return {action: 'rollback', run: rollBackTo(crowningsOf(releases), to).run};
}
