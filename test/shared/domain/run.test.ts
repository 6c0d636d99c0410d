import assert from 'node:assert/strict';
import {pipelineSchema} from '../../../shared/domain/pipeline.ts';
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
const PART = {uri: 'gs://b/p', rows: 1};
const CANCEL = {by: 'ann', reason: 'wrong file', at: '2026-01-01T00:00:00.000Z'};

/**
 * What each event, named by the state it leads to and in the order of the states without `received`, does in each state:
 * `>` moves, `=` changes nothing, `x` is a mistake.
 */
const CELLS = {
  received: '> x x x x x x x x x x x > > >',
  splitting: '= > x x x x x x x x x x > > >',
  split: '= = > > x x x x x x x x > > >',
  building: '= = = > x x x x x x x x > > >',
  built: '= = = = > x x x x x x x > > >',
  tuning: '= = = = = > x x x x x x > > =',
  tuned: '= = = = = = > x x x x x > > =',
  training: '= = = = = = = > x x x x > > =',
  trained: '= = = = = = = = > x x > > > =',
  releasing: '= = = = = = = = = > > x > > =',
  canary: '= = = = = = = = = = > x > > =',
  released: '= = = = = = = = = = = = = = =',
  rejected: '= = = = = = = = = = = = = = =',
  failed: '= = = = = = = = = = = = = = =',
  cancelled: '= = = = = = = = = = = = = = =',
  superseded: '= = = = = = = = = = = = = = =',
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

    assert.equal(sequences, 16 ** 5);
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

describe('a run as it is stored', () => {
  const FULL = {
    id: 'r1',
    pipeline: 'flowers',
    state: 'cancelled',
    rev: 9,
    input: {bucket: 'b', name: 'n', generation: '1', epoch: 1},
    parent: 'r0',
    from: 'tune',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:01:00.000Z',
    history: [{state: 'splitting', at: '2026-01-01T00:00:01.000Z'}],
    definition: {
      digest: 'd',
      pipeline: pipelineSchema.parse({
        name: 'flowers',
        data: {label: 'species'},
        trainer: {source: 'trainer/', framework: 'scikit-learn', frameworkVersion: '1.6'},
        split: {},
        tune: {metric: 'accuracy', maxTrials: 2, parameters: {alpha: {double: [0.1, 1]}}},
        serve: {model: 'flowers', endpoint: 'flowers'},
      }),
    },
    baseline: {run: 'r0', manifest: 'gs://b/m'},
    split: {
      manifest: 'gs://b/m',
      manifestSha256: 's',
      columns: ['a'],
      parts: {training: PART, validation: PART, test: PART},
      rejected: 0,
      labelSentence: 'fine',
    },
    image: {tag: 't', uri: 'u', digest: 'd', build: 'b', reused: false},
    tuning: {job: 'j', best: {id: '1', parameters: {alpha: 0.1, kernel: 'rbf'}, metric: 0.9}, why: 'best'},
    training: {job: 'j', modelDir: 'gs://b/d/', metrics: {accuracy: 0.9}},
    supersededBy: '2',
    ended: [
      {job: 'a', state: 'succeeded'},
      {job: 'b', state: 'failed'},
      {job: 'c', state: 'cancelled'},
    ],
    estimate: {prices: '2026-01-01', tuning: {what: 'n1-standard-4', hourly: 0.2, atMost: 4.8}},
    cost: {tuning: {hours: 2, dollars: 0.4}, training: {hours: 1}},
    approval: {by: 'me', reason: 'good enough'},
    restores: {version: '1', run: 'r0', by: 'me', reason: 'complaints'},
    promoteRequested: CANCEL,
    release: {
      sentence: 's',
      replaces: '1',
      decision: {released: false, reason: 'below-minimum'},
      model: 'm',
      version: '2',
      endpoint: 'e',
      canary: 10,
    },
    failure: {stage: 's', code: 'C', message: 'm', where: 'w', hint: 'h'},
    trouble: {stage: 's', message: 'm', at: 'now'},
    retries: {s: {failures: 1, message: 'm', execution: 'e', released: true}},
    waiting: {door: 'tuning', since: 'now'},
    cancelRequested: CANCEL,
  };

  it('is read back whole', () => {
    assert.deepEqual(runSchema.parse(FULL), FULL);
    assert.deepEqual(Object.keys(FULL).sort(), Object.keys(runSchema.shape).sort());
  });

  for (const changes of [
    {state: 'sleeping'},
    {rev: 1.5},
    {from: 'lunch'},
    {ended: [{job: 'a', state: 'running'}]},
    {input: {bucket: 'b', name: 'n', generation: 1, epoch: 0}},
    {history: [{state: 'splitting'}]},
  ]) {
    it(`is not read with ${JSON.stringify(changes)}`, () => {
      assert.equal(runSchema.safeParse({...FULL, ...changes}).success, false);
    });
  }
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
