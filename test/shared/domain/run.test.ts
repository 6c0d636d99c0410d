import assert from 'node:assert/strict';
import fc from 'fast-check';
import {isOpen, isTerminal, judge, RANKS, type RunState, runSchema} from '../../../shared/domain/run.ts';

const STATES = runSchema.shape.state.options;
const TERMINAL: readonly RunState[] = ['released', 'rejected', 'failed', 'cancelled', 'superseded'];
const CANCEL = {by: 'ann', reason: 'wrong file', at: '2026-01-01T00:00:00.000Z'};

/**
 * What each event, named by the state it leads to and in the order of the states without `received`, does in each state:
 * `>` moves, `=` changes nothing, `x` is a mistake.
 */
const CELLS = {
  received: '> x x x x x x x x x x > > >',
  splitting: '= > x x x x x x x x x > > >',
  split: '= = > > x x x x x x x > > >',
  building: '= = = > x x x x x x x > > >',
  built: '= = = = > x x x x x x > > >',
  tuning: '= = = = = > x x x x x > > =',
  tuned: '= = = = = = > x x x x > > =',
  training: '= = = = = = = > x x x > > =',
  trained: '= = = = = = = = > x > > > =',
  releasing: '= = = = = = = = = > x > > =',
  released: '= = = = = = = = = = = = = =',
  rejected: '= = = = = = = = = = = = = =',
  failed: '= = = = = = = = = = = = = =',
  cancelled: '= = = = = = = = = = = = = =',
  superseded: '= = = = = = = = = = = = = =',
} as const satisfies Record<RunState, string>;

const VERDICTS = {'>': 'apply', '=': 'already', x: 'illegal'} as const;
const EVENTS = STATES.filter((state) => state !== 'received');

function cells(from: RunState): (readonly [RunState, keyof typeof VERDICTS])[] {
  const marks = CELLS[from].split(' ') as (keyof typeof VERDICTS)[];
  return EVENTS.map((event, index) => [event, marks[index]!]);
}

const anyState = fc.constantFrom(...STATES);

/** The way through all states with repeats and gaps, and a stray wish here and there: many sequences come far. */
const anyWishes = fc
  .array(fc.tuple(fc.subarray([...STATES], {minLength: 9}), fc.array(anyState, {maxLength: 1})), {
    maxLength: 4,
  })
  .map((rounds) =>
    rounds.flat(2).filter((state, index) => !TERMINAL.slice(2).includes(state) || index % 9 === 0),
  );

describe('the states of a run', () => {
  it('are stored under the names that have a rank', () => {
    assert.deepEqual(STATES, Object.keys(RANKS));
  });

  it('end in five ways', () => {
    assert.deepEqual(STATES.filter(isTerminal), TERMINAL);
  });
});

describe('judge', () => {
  for (const from of STATES) {
    it(`decides what every event does to a run that is ${from}`, () => {
      for (const [event, mark] of cells(from)) {
        assert.equal(judge({state: from}, event), VERDICTS[mark], `${from}, ${event}`);
      }
    });

    it(`lets a run that is ${from} and shall be cancelled only become cancelled`, () => {
      for (const [event, mark] of cells(from)) {
        const isStopped = mark === '>' && event !== 'cancelled';
        const verdict = judge({state: from, cancelRequested: CANCEL}, event);
        assert.equal(verdict, isStopped ? 'cancelling' : VERDICTS[mark], `${from}, ${event}`);
      }
    });
  }

  it('takes a run that is received for received', () => {
    assert.equal(judge({state: 'received'}, 'received'), 'already');
    assert.equal(judge({state: 'failed'}, 'received'), 'already');
  });

  it('only climbs, through states in the order of their ranks, and knows each of them ever after', () => {
    fc.assert(
      fc.property(anyWishes, (wishes) => {
        const visited: RunState[] = ['received'];
        for (const wish of wishes) {
          if (judge({state: visited.at(-1)!}, wish) === 'apply') visited.push(wish);
        }

        const ranks = visited.map((state) => RANKS[state]);
        assert.deepEqual(
          ranks,
          [...new Set(ranks)].toSorted((a, b) => a - b),
        );
        for (const state of visited) assert.equal(judge({state: visited.at(-1)!}, state), 'already');
      }),
    );
  });
});

describe('isOpen', () => {
  it('lets nothing begin for a run that has ended', () => {
    assert.deepEqual(
      STATES.filter((state) => !isOpen({state})),
      TERMINAL,
    );
  });

  it('lets nothing begin for a run that shall be cancelled, or that nobody knows', () => {
    assert.equal(isOpen({state: 'built', cancelRequested: CANCEL}), false);
    assert.equal(isOpen(undefined), false);
  });
});
