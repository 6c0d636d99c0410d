import assert from 'node:assert/strict';
import {type Crowning, crowningsOf, rollBackTo} from '../../../shared/domain/champions.ts';
import type {Run} from '../../../shared/domain/run.ts';
import {played, runOf} from '../../support/story.ts';

/** Crownings in their order; `^3` is a roll-back to version 3. */
function crownings(text: string): Crowning[] {
  return text.split(' ').map((word, index) => ({
    version: word.replace('^', ''),
    run: `r${index}`,
    at: `2026-01-0${index + 1}`,
    sentence: 's',
    isRestored: word.startsWith('^'),
  }));
}

describe('a roll-back', () => {
  const cases = [
    ['goes to the version before', '1 2', undefined, 'r0'],
    ['goes on to the one before that', '1 2 3 ^2', undefined, 'r0'],
    ['never goes back to what was rolled back from', '1 2 ^1 3', undefined, 'r2'],
    ['skips what lies between when it went further', '1 2 3 ^1 4', undefined, 'r3'],
    ['goes to a version by its name', '1 2 3', '1', 'r0'],
    ['goes by its name also to one that was rolled back from', '1 2 ^1', '2', 'r1'],
    ['takes the last time that a version was champion', '1 2 ^1 3', '1', 'r2'],
  ] as const;
  for (const [title, history, version, run] of cases)
    it(title, () => {
      assert.equal(rollBackTo(crownings(history), version).run, run);
    });

  const refusals = [
    ['a first version', '1', undefined],
    ['the bottom of what stands', '1 2 ^1', undefined],
    ['the champion itself', '1 2', '2'],
    ['a version that was never champion', '1 2', '7'],
  ] as const;
  for (const [title, history, version] of refusals)
    it(`refuses ${title}`, () => {
      assert.throws(() => rollBackTo(crownings(history), version), {code: 'NO_EARLIER_VERSION'});
    });

  it('says so when the version is champion already', () => {
    assert.throws(() => rollBackTo(crownings('1 2'), '2'), {
      code: 'NO_EARLIER_VERSION',
      message: 'version 2 is champion already',
    });
  });

  it('refuses when nothing was ever champion', () => {
    assert.throws(() => rollBackTo([]), {code: 'NO_EARLIER_VERSION'});
  });
});

describe('the history of champions', () => {
  it('is in the order of the releases, without those who never were', async () => {
    const {world, runId} = await played(7);
    const run = runOf(world, runId);
    const at = (id: string, day: string, more: Partial<Run> = {}): Run => ({
      ...run,
      id,
      history: [{state: 'released', at: `2026-01-${day}T00:00:00.000Z`}],
      ...more,
    });
    const restores = {version: '1', run: 'a', by: 'jo', reason: 'worse'};

    const found = crowningsOf([
      at('c', '03', {restores}),
      at('b', '02'),
      at('x', '09', {state: 'canary'}),
      at('a', '01'),
    ]);

    assert.deepEqual(
      found.map(({run: id, isRestored}) => [id, isRestored]),
      [
        ['a', false],
        ['b', false],
        ['c', true],
      ],
    );
  });
});
