import assert from 'node:assert/strict';
import fc from 'fast-check';
import {suggestTrial} from '../../../../local/tuning/search/suggest-trial.ts';
import type {ParameterSpec, StudySpec, Trial} from '../../../../local/tuning/types.ts';
import {bestFound} from '../../../support/best-found.ts';
import {STANDARD_FUNCTIONS} from '../../../support/standard-functions.ts';

const UNIT = {doubleValueSpec: {minValue: 0, maxValue: 1}};
const SQUARE = [
  {parameterId: 'x', ...UNIT},
  {parameterId: 'y', ...UNIT},
];
/** `depth` only of trees, `leaves` only of the deeper ones, `rate` only of lines. */
const NESTED: ParameterSpec[] = [
  {
    parameterId: 'model',
    categoricalValueSpec: {values: ['tree', 'line']},
    conditionalParameterSpecs: [
      {
        parameterSpec: {
          parameterId: 'depth',
          integerValueSpec: {minValue: '1', maxValue: '3'},
          conditionalParameterSpecs: [
            {
              parameterSpec: {parameterId: 'leaves', discreteValueSpec: {values: [10, 20]}},
              parentIntValues: {values: ['2', '3']},
            },
          ],
        },
        parentCategoricalValues: {values: ['tree']},
      },
      {
        parameterSpec: {parameterId: 'rate', discreteValueSpec: {values: [0.1, 0.2, 0.3]}},
        parentCategoricalValues: {values: ['line']},
      },
    ],
  },
];

describe('suggestTrial', () => {
  for (const algorithm of ['ALGORITHM_UNSPECIFIED', 'RANDOM_SEARCH']) {
    it(`suggests the same for the same study and trials by ${algorithm}, and else for another`, () => {
      const of = (parameterId: string) =>
        run({...study([{parameterId, ...UNIT}]), algorithm}, 6, (value) => Number(value[0]));

      assert.deepEqual(of('alpha'), of('alpha'));
      assert.notDeepEqual(of('alpha').map(valuesOf), of('beta').map(valuesOf));
    });

    it(`gives parameters under a condition only where it holds by ${algorithm}`, () => {
      for (const {parameters = []} of run({...study(NESTED), algorithm}, 25, ([, depth]) => Number(depth))) {
        const {model, depth, leaves, rate} = Object.fromEntries(
          parameters.map(({parameterId, value}) => [parameterId ?? '', value]),
        );
        assert.equal(depth === undefined, model === 'line');
        assert.equal(rate === undefined, model === 'tree');
        assert.equal(leaves === undefined, !(depth >= 2));
      }
    });
  }

  it('fills the space before it knows anything', () => {
    const trials = run({...study(SQUARE)}, 16, () => undefined);
    const cells = new Set(trials.map(valuesOf).map(([x, y]) => `${Math.floor(3 * x)}${Math.floor(3 * y)}`));

    assert.equal(cells.size, 9);
  });

  for (const target of STANDARD_FUNCTIONS) {
    it(`comes twice as near to the minimum of ${target.name} as chance, in the middle of three`, () => {
      const middle = (algorithm: 'ALGORITHM_UNSPECIFIED' | 'RANDOM_SEARCH') =>
        [1, 2, 3]
          .map((seed) => bestFound(target, {algorithm, trials: 30, seed}))
          .toSorted((a, b) => a - b)[1] ?? 0;

      const [bayesian, random] = [middle('ALGORITHM_UNSPECIFIED'), middle('RANDOM_SEARCH')];
      assert.ok(bayesian < random / 2, `${bayesian} against ${random}`);
    });
  }

  it('finds the better word and its number', () => {
    const trials = run(study(NESTED), 12, ([model, depth]) => (model === 'tree' ? Number(depth) : 0));

    assert.ok(trials.some(({parameters}) => parameters?.[1]?.value === 3));
  });

  it('does not suggest what is running already', () => {
    const measured = run(study(SQUARE), 8, ([x = 0, y = 0]) => -((Number(x) - 0.5) ** 2) - Number(y));
    const first = suggestTrial(study(SQUARE), measured);
    const second = suggestTrial(study(SQUARE), [...measured, {state: 'ACTIVE', parameters: first ?? []}]);

    assert.notDeepEqual(first, second);
  });

  it('leaves the surroundings of infeasible trials', () => {
    const trials = run(study([{parameterId: 'x', ...UNIT}]), 16, ([x]) =>
      Number(x) < 0.5 ? undefined : 1 - Number(x),
    );
    const later = trials.slice(6).map((trial) => Number(valuesOf(trial)[0]));

    assert.ok(later.filter((x) => x > 0.45).length >= 8, later.join(' '));
  });

  it('repeats a trial only when there is no other', () => {
    const depth = [{parameterId: 'n', integerValueSpec: {minValue: '1', maxValue: '6'}}];
    const trials = run(study(depth), 8, ([n]) => Number(n));

    assert.equal(new Set(trials.slice(0, 3).map((trial) => valuesOf(trial)[0])).size, 3);
    assert.equal(new Set(trials.map((trial) => valuesOf(trial)[0])).size, 6);
  });

  it('visits every grid point once', () => {
    const size = fc.integer({min: 1, max: 4});
    fc.assert(
      fc.property(size, size, size, (a, b, c) => {
        const axes = [a, b, c].map((count, i) => ({
          parameterId: `p${i}`,
          integerValueSpec: {minValue: '1', maxValue: String(count)},
        }));
        const trials = run({...study(axes), algorithm: 'GRID_SEARCH'}, 100, () => 1);
        assert.equal(trials.length, a * b * c);
        assert.equal(new Set(trials.map((trial) => valuesOf(trial).join())).size, a * b * c);
      }),
    );
  });

  it('has no grid points for what is under a condition that does not hold', () => {
    const trials = run({...study(NESTED), algorithm: 'GRID_SEARCH'}, 100, () => 1);

    assert.deepEqual(
      trials.map((trial) => valuesOf(trial).join(' ')),
      ['tree 1', 'tree 2 10', 'tree 2 20', 'tree 3 10', 'tree 3 20', 'line 0.1', 'line 0.2', 'line 0.3'],
    );
  });
});

function study(parameters: ParameterSpec[]): StudySpec {
  return {metrics: [{metricId: 'accuracy'}], parameters};
}

/** Up to `count` trials, one after another; infeasible where nothing is measured. */
function run(
  spec: StudySpec,
  count: number,
  measure: (values: readonly unknown[]) => number | undefined,
): Trial[] {
  const trials: Trial[] = [];
  while (trials.length < count) {
    const parameters = suggestTrial(spec, trials);
    if (parameters === undefined) break;
    const value = measure(valuesOf({parameters}));
    const isMeasured = value !== undefined && Number.isFinite(value);
    trials.push(
      isMeasured
        ? {parameters, state: 'SUCCEEDED', finalMeasurement: {metrics: [{value}]}}
        : {parameters, state: 'INFEASIBLE'},
    );
  }
  return trials;
}

function valuesOf({parameters}: Trial) {
  return parameters?.map(({value}) => value) ?? [];
}
