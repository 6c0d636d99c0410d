import {z} from 'zod';
import type {Run} from '../shared/domain/run.ts';
import {PermanentError} from '../shared/errors.ts';
import type {DeadLetter, DeadLetters} from '../shared/gateways/dead-letters.ts';
import type {Ports} from '../shared/ports.ts';

const LIMIT = 1000;

const aboutRunSchema = z.object({runId: z.string()});

/** A dead letter as it is shown. */
export interface ListedLetter {
  readonly id: string;
  readonly publishedAt: string;
  /** Full name of the subscription that gave it up; null when nothing can be replayed. */
  readonly source: string | null;
  readonly body: string;
  readonly run?: string;
  readonly state?: Run['state'];
  /** Why the run failed. */
  readonly code?: string;
}

/** What is held at the moment, oldest first; everything stays where it is. */
export async function listLetters(
  letters: DeadLetters,
  {runs}: Pick<Ports, 'runs'>,
): Promise<ListedLetter[]> {
  const taken = await letters.take(LIMIT);
  await letters.giveBack(taken);
  const listed: ListedLetter[] = [];
  for (const letter of taken) {
    const runId = runIdIn(letter.body);
    const run = runId === undefined ? undefined : await runs.find(runId);
    listed.push(listedOf(letter, run));
  }
  return listed.toSorted((a, b) => a.publishedAt.localeCompare(b.publishedAt) || a.id.localeCompare(b.id));
}

/**
 * Sends the letters of these ids, or all that came from somewhere, back to where they came from; the others stay.
 * @returns the ids of those sent
 * @throws PermanentError NO_SUCH_LETTER before anything is sent, REPLAY_IMPOSSIBLE
 */
export async function replayLetters(
  letters: DeadLetters,
  chosen: readonly string[] | 'all',
): Promise<string[]> {
  const taken = await letters.take(LIMIT);
  const isChosen = ({id, source}: DeadLetter) =>
    chosen === 'all' ? source !== undefined : chosen.includes(id);
  const waiting = new Set(taken);
  const sent: string[] = [];
  try {
    assertAllThere(chosen, taken);
    for (const letter of taken.filter(isChosen)) {
      await letters.replay(letter);
      waiting.delete(letter);
      sent.push(letter.id);
    }
  } finally {
    await letters.giveBack([...waiting]);
  }
  return sent;
}

function assertAllThere(chosen: readonly string[] | 'all', taken: readonly DeadLetter[]): void {
  if (chosen === 'all') return;
  const missing = chosen.filter((id) => !taken.some((letter) => letter.id === id));
  if (missing.length === 0) return;
  throw new PermanentError('NO_SUCH_LETTER', `there is no dead letter ${missing.join(', ')}`, {
    hint: 'It was replayed already, or somebody else looks at it: try "millrace replay" again in a minute.',
  });
}

function listedOf({id, publishedAt, source, body}: DeadLetter, run: Run | undefined): ListedLetter {
  const about = run && {run: run.id, state: run.state, ...(run.failure && {code: run.failure.code})};
  return {id, publishedAt, source: source ?? null, body, ...about};
}

function runIdIn(body: string): string | undefined {
  try {
    return aboutRunSchema.safeParse(JSON.parse(body)).data?.runId;
  } catch {
    return undefined;
  }
}
