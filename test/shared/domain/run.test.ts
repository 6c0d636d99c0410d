import assert from 'node:assert/strict';
import {
  isOpen,
  isTerminal,
  judge,
  RANKS,
  type RunState,
  runSchema,
  type Standing,
} from '../../../shared/domain/run.ts';

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

  it('only climbs, ends for good, and ends as cancelled once that was requested, in every sequence of five events', () => {
    const EVENTS_AND_REQUEST = [...EVENTS, 'request to cancel'] as const;
    let sequences = 0;
    const follow = (run: Standing, left: number) => {
      if (left === 0) {
        sequences += 1;
        return;
      }
      for (const event of EVENTS_AND_REQUEST) follow(after(run, event), left - 1);
    };

    follow({state: 'received'}, 5);

    assert.equal(sequences, 15 ** 5);
  });

  it('takes a run to its end by the events in their order', () => {
    const path: readonly RunState[] = [
      ...['splitting', 'split', 'building', 'built', 'tuning', 'tuned'],
      ...['training', 'trained', 'releasing', 'released'],
    ] as RunState[];

    const end = path.reduce<Standing>(after, {state: 'received'});

    assert.equal(end.state, 'released');
  });
});

/** What an event makes of a run; asserts what must hold for each single step. */
function after(run: Standing, event: RunState | 'request to cancel'): Standing {
  if (event === 'request to cancel') return isTerminal(run.state) ? run : {...run, cancelRequested: CANCEL};
  const verdict = judge(run, event);
  if (verdict !== 'apply') return run;
  assert.equal(isTerminal(run.state), false);
  assert.ok(RANKS[event] > RANKS[run.state]);
  assert.ok(run.cancelRequested === undefined || event === 'cancelled');
  assert.equal(judge({...run, state: event}, event), 'already');
  return {...run, state: event};
}

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
