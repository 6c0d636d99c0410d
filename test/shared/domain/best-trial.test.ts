import assert from 'node:assert/strict';
import fc from 'fast-check';
import {bestTrial, explainChoice, type Goal} from '../../../shared/domain/best-trial.ts';
import type {RankedTrial, Trial} from '../../../shared/domain/trial.ts';

const GOALS = ['maximize', 'minimize'] as const satisfies readonly Goal[];

function trial(id: string, metric?: number, state: Trial['state'] = 'succeeded'): Trial {
  return {id, state, parameters: {}, ...(metric === undefined ? {} : {metric})};
}

function ranked(id: string, metric: number): RankedTrial {
  return {...trial(id), metric};
}

/** Few different metrics, so that ties, NaN and missing ones are common. */
const anyTrials = fc
  .uniqueArray(fc.integer({min: 1, max: 20}), {maxLength: 8})
  .chain((ids) => fc.tuple(...ids.map((id) => anyTrial(String(id)))));

function anyTrial(id: string): fc.Arbitrary<Trial> {
  return fc
    .tuple(
      fc.constantFrom(0.1, 0.5, 0.5, 0.9, Number.NaN, Number.POSITIVE_INFINITY, undefined),
      fc.constantFrom<Trial['state']>('succeeded', 'succeeded', 'succeeded', 'infeasible', 'active'),
    )
    .map(([metric, state]) => trial(id, metric, state));
}

describe('bestTrial', () => {
  it('takes the highest metric when more is better, the lowest when less is', () => {
    const trials = [trial('1', 0.5), trial('2', 0.9), trial('3', -0.1)];

    assert.equal(bestTrial(trials, 'maximize')?.id, '2');
    assert.equal(bestTrial(trials, 'minimize')?.id, '3');
  });

  it('takes the lowest number among equals, not the first in the alphabet', () => {
    const trials = [trial('10', 0.9), trial('9', 0.9), trial('11', 0.9)];

    for (const goal of GOALS) assert.equal(bestTrial(trials, goal)?.id, '9');
  });

  it('ignores the order of the list', () => {
    const twoOrders = anyTrials.chain((trials) =>
      fc.tuple(fc.constant(trials), fc.shuffledSubarray(trials, {minLength: trials.length})),
    );
    fc.assert(
      fc.property(twoOrders, fc.constantFrom(...GOALS), ([trials, shuffled], goal) => {
        assert.deepEqual(bestTrial(shuffled, goal), bestTrial(trials, goal));
      }),
    );
  });

  it('finds a trial that no usable one beats, whenever there is a usable one', () => {
    fc.assert(
      fc.property(anyTrials, fc.constantFrom(...GOALS), (trials, goal) => {
        const best = bestTrial(trials, goal);

        const usable = trials.flatMap(({id, state, metric}) =>
          state === 'succeeded' && metric !== undefined && Number.isFinite(metric) ? [{id, metric}] : [],
        );
        const metrics = usable.map(({metric}) => metric);
        const top = goal === 'maximize' ? Math.max(...metrics) : Math.min(...metrics);
        const winners = usable.filter(({metric}) => metric === top).map(({id}) => Number(id));
        assert.equal(best?.id, usable.length === 0 ? undefined : String(Math.min(...winners)));
      }),
    );
  });

  it('finds none where no trial succeeded with a number', () => {
    const trials = [
      trial('1'),
      trial('2', Number.NaN),
      trial('3', Number.NEGATIVE_INFINITY),
      trial('4', 0.9, 'infeasible'),
      trial('5', 0.9, 'stopping'),
    ];

    for (const goal of GOALS) assert.equal(bestTrial(trials, goal), undefined);
    assert.equal(bestTrial([], 'maximize'), undefined);
  });
});

describe('explainChoice', () => {
  it('names the runner-up, and how the others ended', () => {
    const trials = [
      trial('1', 0.81234567),
      trial('2', 0.9),
      trial('3'),
      {...trial('4', 0.7), isStoppedEarly: true},
      {...trial('5', undefined, 'infeasible'), why: 'exit code 1'},
    ];

    assert.equal(
      explainChoice(ranked('2', 0.9), trials, 'maximize'),
      'trial 2 has the highest metric, 0.9 (next is trial 1 with 0.8123); 5 trials: 2 finished, 1 stopped early, 1 infeasible (exit code 1), 1 without a metric',
    );
  });

  it('speaks of the lowest metric when less is better', () => {
    const trials = [trial('1', 0.25), trial('2', 0.5), trial('3', 0.75)];

    assert.equal(
      explainChoice(ranked('1', 0.25), trials, 'minimize'),
      'trial 1 has the lowest metric, 0.25 (next is trial 2 with 0.5)',
    );
  });

  it('is the same sentence for any order of the list', () => {
    const twoOrders = anyTrials
      .map((trials) => [...trials, trial('21', 0.9)])
      .chain((trials) =>
        fc.tuple(fc.constant(trials), fc.shuffledSubarray(trials, {minLength: trials.length})),
      );
    fc.assert(
      fc.property(twoOrders, fc.constantFrom(...GOALS), ([trials, shuffled], goal) => {
        const best = bestTrial(trials, goal) ?? assert.fail();
        assert.equal(explainChoice(best, shuffled, goal), explainChoice(best, trials, goal));
      }),
    );
  });

  it('says when there was no choice', () => {
    const only = ranked('7', 0.6);

    assert.equal(
      explainChoice(only, [only], 'maximize'),
      'trial 7 has the highest metric, 0.6 (the only one to finish)',
    );
  });
});
