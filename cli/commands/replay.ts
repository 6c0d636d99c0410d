import {Command} from 'commander';
import {columns, type GlobalFlags, tell} from '../output.ts';
import {deadLettersFromEnvironment, portsFromEnvironment} from '../ports.ts';
import {type ListedLetter, listLetters, replayLetters} from '../replay-letters.ts';

interface Flags extends GlobalFlags {
  readonly all?: true;
}

export const replay = new Command('replay')
  .description('list the messages that nobody could take, or send some back to where they came from')
  .argument('[messages...]', 'ids of those to send back; none lists all')
  .option('--all', 'send all back')
  .action(async (ids: string[], _: unknown, command: Command) => {
    const {all, json} = command.optsWithGlobals<Flags>();
    const letters = deadLettersFromEnvironment();
    if (!all && ids.length === 0) {
      tell(await listLetters(letters, portsFromEnvironment()), json, describe);
      return;
    }
    const replayed = await replayLetters(letters, all ? 'all' : ids);
    tell({replayed}, json, () => `Sent ${replayed.length} back: ${replayed.join(', ') || 'there was none'}`);
  });

function describe(letters: readonly ListedLetter[]): string {
  if (letters.length === 0) return 'There are no dead letters.';
  const rows = letters.map(({id, publishedAt, source, run, state, code}) => [
    id,
    publishedAt.slice(0, 19).replace('T', ' '),
    source?.split('/').at(-1) ?? '',
    run ?? '',
    [state, code].filter(Boolean).join(', '),
  ]);
  return columns([['message', 'given up (UTC)', 'source', 'run', 'which is'], ...rows]);
}
