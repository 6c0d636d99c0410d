import assert from 'node:assert/strict';
import type {Run} from '../../shared/domain/run.ts';
import type {World} from './memory-ports.ts';
import {dropped} from './services.ts';
import {DATA_CSV, push} from './story.ts';

/** What a person must be told about a bad input. */
export interface Verdict {
  readonly code: string;
  readonly message: RegExp;
  readonly where: RegExp;
}

type Said = Omit<NonNullable<Run['failure']>, 'stage'>;

export function assertSays(complaint: Said | undefined, {code, message, where}: Verdict): void {
  assert.equal(complaint?.code, code);
  assert.match(complaint?.message ?? '', message);
  assert.match(complaint?.where ?? '', where);
  assert.match(complaint?.hint ?? '', /^\P{Ll}.+\.$/u, 'the hint is a sentence');
  assert.doesNotMatch(JSON.stringify(complaint), /\\u00|\\n/, 'no control characters reach a terminal');
}

/** Nothing that costs money was started. */
export function assertNothingPaid(world: World): void {
  assert.deepEqual([...world.builds.keys()], []);
  assert.deepEqual([...world.jobs.keys()], []);
  assert.deepEqual([...world.endpoints.keys()], []);
}

/** The pipeline is pushed again and a good file dropped into the same world: nothing of what went wrong is in its way. */
export async function nextDrop(world: World): Promise<Run> {
  await push(world);
  return dropped(world, 'flowers/data/next.csv', DATA_CSV);
}
