import assert from 'node:assert/strict';
import {CHECKS} from '../../shared/domain/checks.ts';
import {permitKindOf, permitLimits} from '../../shared/domain/permits.ts';
import {judge, RANKS, type RunState, runSchema} from '../../shared/domain/run.ts';
import {page, section} from './pages.ts';

const STATES = runSchema.shape.state.options;
const SIGNS = {apply: '→', already: '·', illegal: '✗', cancelling: '?'} as const;

/** The cells of a table's lines, without the backquotes. */
function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => /^\| `/.test(line))
    .map((line) => line.slice(2, -2).replaceAll('`', '').split(' | '));
}

describe('docs/reference/state-machine.md', () => {
  it('names every state with its rank', async () => {
    const told = rows(section(await page('state-machine.md'), 'States')).map(([state, rank]) => [
      state,
      rank,
    ]);

    assert.deepEqual(
      told,
      STATES.map((state) => [state, String(RANKS[state])]),
    );
  });

  it('shows what every event does in every state', async () => {
    const text = section(await page('state-machine.md'), 'Every cell');
    const events = [...(/^\| state \| (.+) \|$/m.exec(text)?.[1] ?? '').matchAll(/`([a-z]+)`/g)].map(
      ([, event]) => event as RunState,
    );

    assert.deepEqual(
      rows(text),
      STATES.map((state) => [state, ...events.map((event) => SIGNS[judge({state}, event)])]),
    );
    assert.deepEqual(
      events,
      STATES.filter((state) => state !== 'received'),
    );
  });

  it('tells when a run in each state is looked at again, and when it is given up', async () => {
    const minutes = (ms: number | undefined) => (ms === undefined ? '–' : `${ms / 60_000} min`);

    assert.deepEqual(
      rows(section(await page('state-machine.md'), 'When nothing happens')),
      Object.entries(CHECKS).map(([state, {topic, afterMs, deadlineMs}]) => [
        state,
        topic,
        minutes(afterMs),
        minutes(deadlineMs),
      ]),
    );
  });

  it('tells how many permits of each kind are given in a minute', async () => {
    const limits = permitLimits({build: 0, tuning: 0, training: 0});
    const told = rows(section(await page('state-machine.md'), 'When it has to wait'));

    assert.deepEqual(
      told.map(([door, , , pace]) => [door, pace]),
      told.map(([door = '']) => [door, String(limits(permitKindOf(door) ?? 'build').perMinute)]),
    );
    assert.deepEqual(
      told.map(([door]) => door),
      ['build', 'tuning', 'training', 'release-ENDPOINT'],
    );
  });
});
