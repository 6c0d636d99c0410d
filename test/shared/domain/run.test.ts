import assert from 'node:assert/strict';
import fc from 'fast-check';
import {isTerminal, judge, RANKS, type RunState, runSchema} from '../../../shared/domain/run.ts';

const STATES = runSchema.shape.state.options;
const TERMINAL: readonly RunState[] = ['released', 'rejected', 'failed'];

/** Every move that changes a run, besides those to `failed`. */
const MOVES = [
  'received → splitting',
  'splitting → split',
  'split → building',
  'split → built',
  'building → built',
  'built → tuning',
  'tuning → tuned',
  'tuned → training',
  'training → trained',
  'trained → releasing',
  'trained → rejected',
  'releasing → released',
];

const anyState = fc.constantFrom(...STATES);

/** The way through all states with repeats and gaps, and a stray wish here and there: many sequences come far. */
const anyWishes = fc
  .array(fc.tuple(fc.subarray([...STATES], {minLength: 9}), fc.array(anyState, {maxLength: 1})), {
    maxLength: 4,
  })
  .map((rounds) => rounds.flat(2).filter((state, index) => state !== 'failed' || index % 5 === 0));

describe('the states of a run', () => {
  it('are stored under the names that have a rank', () => {
    assert.deepEqual(STATES, Object.keys(RANKS));
  });

  it('end in released, rejected or failed', () => {
    assert.deepEqual(STATES.filter(isTerminal), TERMINAL);
  });
});

describe('judge', () => {
  it('applies exactly the moves of a run that goes well', () => {
    const applied = STATES.flatMap((from) =>
      STATES.filter((to) => to !== 'failed' && judge(from, to) === 'apply').map((to) => `${from} → ${to}`),
    );

    assert.deepEqual(applied, MOVES);
  });

  it('lets every run fail that has not ended', () => {
    for (const from of STATES)
      assert.equal(judge(from, 'failed') === 'apply', !TERMINAL.includes(from), from);
  });

  it('takes what has happened before for done', () => {
    assert.equal(judge('tuned', 'splitting'), 'already');
    assert.equal(judge('built', 'building'), 'already');
    assert.equal(judge('released', 'tuning'), 'already');
    assert.equal(judge('rejected', 'rejected'), 'already');
    assert.equal(judge('released', 'failed'), 'already');
  });

  it('refuses to skip states', () => {
    assert.equal(judge('received', 'split'), 'illegal');
    assert.equal(judge('split', 'tuning'), 'illegal');
    assert.equal(judge('tuned', 'trained'), 'illegal');
    assert.equal(judge('tuning', 'rejected'), 'illegal');
    assert.equal(judge('trained', 'released'), 'illegal');
  });

  it('refuses to exchange one end for another', () => {
    assert.equal(judge('rejected', 'released'), 'illegal');
    assert.equal(judge('failed', 'released'), 'illegal');
    assert.equal(judge('released', 'rejected'), 'illegal');
  });

  it('never leaves a terminal state', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TERMINAL), anyState, (from, to) => {
        assert.notEqual(judge(from, to), 'apply');
      }),
    );
  });

  it('only climbs, through states in the order of their ranks, and knows each of them ever after', () => {
    fc.assert(
      fc.property(anyWishes, (wishes) => {
        const visited: RunState[] = ['received'];
        for (const wish of wishes) if (judge(visited.at(-1)!, wish) === 'apply') visited.push(wish);

        const ranks = visited.map((state) => RANKS[state]);
        assert.deepEqual(
          ranks,
          [...new Set(ranks)].toSorted((a, b) => a - b),
        );
        for (const state of visited) assert.equal(judge(visited.at(-1)!, state), 'already');
      }),
    );
  });
});
