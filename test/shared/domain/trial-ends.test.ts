import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {Trial} from '../../../shared/domain/trial.ts';
import {trialEnds} from '../../../shared/domain/trial-ends.ts';

function trial(id: string, changes: Partial<Trial> = {}): Trial {
  return {id, state: 'succeeded', parameters: {}, ...changes};
}

const anyTrials = fc.uniqueArray(
  fc.record(
    {
      id: fc.integer({min: 1, max: 20}).map(String),
      parameters: fc.constant({}),
      state: fc.constantFrom<Trial['state']>(
        'succeeded',
        'succeeded',
        'infeasible',
        'failed',
        'cancelled',
        'active',
      ),
      metric: fc.constantFrom(0.5, 0.9, Number.NaN),
      isStoppedEarly: fc.boolean(),
      why: fc.constantFrom('exit code 1', 'exit code 2'),
    },
    {requiredKeys: ['id', 'parameters', 'state']},
  ),
  {selector: ({id}) => id, maxLength: 9},
);

describe('trialEnds', () => {
  const cases: readonly (readonly [string, Partial<Trial>, string])[] = [
    ['a finished trial', {metric: 0.9}, '1 finished'],
    ['a trial that measured 0', {metric: 0}, '1 finished'],
    ['one that a rule stopped', {metric: 0.9, isStoppedEarly: true}, '1 stopped early'],
    ['one that is being stopped', {state: 'stopping'}, '1 stopped early'],
    ['one that was stopped before it measured', {isStoppedEarly: true}, '1 without a metric'],
    ['an infeasible one', {state: 'infeasible', why: 'exit code 1'}, '1 infeasible (exit code 1)'],
    ['an infeasible one without a reason', {state: 'infeasible'}, '1 infeasible'],
    ['an infeasible one with a metric', {state: 'infeasible', metric: 0.9}, '1 infeasible'],
    ['a failed one', {state: 'failed'}, '1 failed'],
    ['a cancelled one', {state: 'cancelled'}, '1 cancelled'],
    ['one without a metric', {}, '1 without a metric'],
    ['one that measured NaN', {metric: Number.NaN}, '1 with a metric that is not finite'],
    ['one that measured infinity', {metric: -Infinity}, '1 with a metric that is not finite'],
    ['one that runs', {state: 'active', metric: 0.9}, '1 not ended'],
    ['one that waits', {state: 'requested'}, '1 not ended'],
  ];
  for (const [what, changes, told] of cases) {
    it(`tells of ${what}`, () => assert.equal(trialEnds([trial('1', changes)]), told));
  }

  it('counts each end, the good ones first', () => {
    const trials = [
      trial('1', {state: 'infeasible', why: 'exit code 7'}),
      trial('2', {metric: 0.7, isStoppedEarly: true}),
      ...['3', '4', '5', '6'].map((id) => trial(id, {metric: 0.9})),
    ];

    assert.equal(trialEnds(trials), '4 finished, 1 stopped early, 1 infeasible (exit code 7)');
  });

  it('gives the reason of the trial with the lowest number, not of the first in the list', () => {
    const trials = ['10', '9'].map((id) => trial(id, {state: 'infeasible', why: `reason of ${id}`}));

    assert.equal(trialEnds(trials), '2 infeasible (reason of 9)');
  });

  it('takes of a log that is a reason its first and last line, each no longer than 160 characters', () => {
    const why = `exited with 7\n\n  Traceback\n${'x'.repeat(400)}\n`;

    assert.equal(
      trialEnds([trial('1', {state: 'infeasible', why})]),
      `1 infeasible (exited with 7 … ${'x'.repeat(159)}…)`,
    );
  });

  it('counts every trial once, in any order', () => {
    const twoOrders = anyTrials.chain((trials) =>
      fc.tuple(fc.constant(trials), fc.shuffledSubarray(trials, {minLength: trials.length})),
    );
    fc.assert(
      fc.property(twoOrders, ([trials, shuffled]) => {
        const told = trialEnds(trials);
        const counts = [...told.matchAll(/(?:^|, )(\d+) /g)].map(([, count]) => Number(count));

        assert.equal(trialEnds(shuffled), told);
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          trials.length,
        );
      }),
    );
  });
});
