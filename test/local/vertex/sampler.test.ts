import assert from 'node:assert/strict';
import fc from 'fast-check';
import {suggestTrials} from '../../../local/vertex/sampler.ts';
import type {ParameterSpec, StudySpec} from '../../../local/vertex/types.ts';

const scaleType = fc.constantFrom(
  'SCALE_TYPE_UNSPECIFIED',
  'UNIT_LINEAR_SCALE',
  'UNIT_LOG_SCALE',
  'UNIT_REVERSE_LOG_SCALE',
);
const range = fc
  .tuple(fc.integer({min: 1, max: 50}), fc.integer({min: 0, max: 50}))
  .map(([a, b]) => [a, a + b]);

describe('suggestTrials', () => {
  it('keeps doubles and integers within their bounds on every scale', () => {
    fc.assert(
      fc.property(scaleType, range, fc.string(), (scale, [low = 1, high = 1], seed) => {
        const integerValueSpec = {minValue: String(low), maxValue: String(high)};
        const doubleValueSpec = {minValue: low, maxValue: high};
        const trials = suggestTrials(
          study([
            {parameterId: `d${seed}`, scaleType: scale, doubleValueSpec},
            {parameterId: 'i', scaleType: scale, integerValueSpec},
          ]),
          20,
        );
        for (const [double, integer] of valuesOf(trials)) {
          assert.ok(Number(double) >= low && Number(double) <= high);
          assert.ok(Number(integer) >= low && Number(integer) <= high);
          assert.ok(Number.isInteger(integer));
        }
      }),
    );
  });

  it('takes discrete and categorical values from the list only, and all of them', () => {
    const numbers = fc.uniqueArray(fc.integer(), {minLength: 1, maxLength: 5});
    const words = fc.uniqueArray(fc.string(), {minLength: 1, maxLength: 5});
    fc.assert(
      fc.property(numbers, words, (discrete, categorical) => {
        const trials = suggestTrials(
          study([
            {parameterId: 'n', discreteValueSpec: {values: discrete}},
            {parameterId: 'w', categoricalValueSpec: {values: categorical}},
          ]),
          200,
        );
        const columns = valuesOf(trials);
        assert.deepEqual(new Set(columns.map(([number]) => number)), new Set(discrete));
        assert.deepEqual(new Set(columns.map(([, word]) => word)), new Set(categorical));
      }),
    );
  });

  it('spreads values evenly over the decades of a log scale', () => {
    const values = column({
      scaleType: 'UNIT_LOG_SCALE',
      doubleValueSpec: {minValue: 1e-5, maxValue: 1e-1},
    });

    for (const decade of [-5, -4, -3, -2]) {
      const inDecade = values.filter((value) => Math.floor(Math.log10(value)) === decade).length;
      assert.ok(Math.abs(inDecade - 100) <= 3, `${inDecade} of 400 in 1e${decade}`);
    }
  });

  it('mirrors the log scale for the reverse one', () => {
    const values = column({
      scaleType: 'UNIT_REVERSE_LOG_SCALE',
      doubleValueSpec: {minValue: 1, maxValue: 1000},
    });

    const nearTop = values.filter((value) => value > 1001 - 10).length;
    assert.ok(Math.abs(nearTop - 400 / 3) <= 4, `${nearTop} of 400 in the top hundredth`);
  });

  it('gives each integer the same share, its bounds too', () => {
    const values = column({integerValueSpec: {minValue: '2', maxValue: '5'}});

    for (const integer of [2, 3, 4, 5]) {
      const share = values.filter((value) => value === integer).length;
      assert.ok(Math.abs(share - 100) <= 3, `${share} of 400 are ${integer}`);
    }
  });

  it('fills the space with few points', () => {
    const trials = suggestTrials(
      study([
        {parameterId: 'x', doubleValueSpec: {minValue: 0, maxValue: 1}},
        {parameterId: 'y', doubleValueSpec: {minValue: 0, maxValue: 1}},
      ]),
      16,
    );
    const cells = new Set(
      valuesOf(trials).map(([x, y]) => `${Math.floor(3 * Number(x))}${Math.floor(3 * Number(y))}`),
    );

    assert.equal(cells.size, 9);
  });

  it('suggests the same trials for the same study and others for another', () => {
    const of = (parameterId: string) =>
      valuesOf(suggestTrials(study([{parameterId, doubleValueSpec: {minValue: 0, maxValue: 1}}]), 3));

    assert.deepEqual(of('alpha'), of('alpha'));
    assert.notDeepEqual(of('alpha'), of('beta'));
  });

  it('keeps earlier suggestions when more are asked for', () => {
    const one = study([{parameterId: 'a', doubleValueSpec: {minValue: 0, maxValue: 1}}]);

    assert.deepEqual(suggestTrials(one, 5).slice(0, 3), suggestTrials(one, 3));
  });

  it('visits every grid point once', () => {
    const size = fc.integer({min: 1, max: 4});
    fc.assert(
      fc.property(size, size, size, (a, b, c) => {
        const axes = [a, b, c].map(
          (count, i): ParameterSpec => ({
            parameterId: `p${i}`,
            integerValueSpec: {minValue: '1', maxValue: String(count)},
          }),
        );
        const trials = suggestTrials({...study(axes), algorithm: 'GRID_SEARCH'}, 1000);
        assert.equal(trials.length, a * b * c);
        assert.equal(new Set(valuesOf(trials).map((point) => point.join())).size, a * b * c);
      }),
    );
  });
});

function study(parameters: ParameterSpec[]): StudySpec {
  return {metrics: [{metricId: 'accuracy'}], parameters};
}

function valuesOf(trials: ReturnType<typeof suggestTrials>): unknown[][] {
  return trials.map((parameters) => parameters.map(({value}) => value));
}

/** 400 suggestions for one parameter. */
function column(spec: ParameterSpec): number[] {
  return valuesOf(suggestTrials(study([{parameterId: 'x', ...spec}]), 400)).map(([value]) => Number(value));
}
