import assert from 'node:assert/strict';
import fc from 'fast-check';
import {unitOf, valueAt} from '../../../../local/tuning/search/scale.ts';
import type {ParameterSpec} from '../../../../local/tuning/types.ts';

const scaleType = fc.constantFrom(
  'SCALE_TYPE_UNSPECIFIED',
  'UNIT_LINEAR_SCALE',
  'UNIT_LOG_SCALE',
  'UNIT_REVERSE_LOG_SCALE',
);
const range = fc
  .tuple(fc.integer({min: 1, max: 50}), fc.integer({min: 0, max: 50}))
  .map(([low, more]) => [low, low + more] as const);
const unit = fc.double({min: 0, max: 1, noNaN: true});

describe('a scale', () => {
  it('keeps doubles and integers within their bounds', () => {
    fc.assert(
      fc.property(scaleType, range, unit, (scale, [low, high], at) => {
        for (const spec of [
          {scaleType: scale, doubleValueSpec: {minValue: low, maxValue: high}},
          {scaleType: scale, integerValueSpec: {minValue: String(low), maxValue: String(high)}},
        ]) {
          const value = Number(valueAt(spec, at));
          assert.ok(value >= low && value <= high);
          assert.ok(spec.integerValueSpec === undefined || Number.isInteger(value));
        }
      }),
    );
  });

  it('finds the place of every value again', () => {
    const specs: fc.Arbitrary<ParameterSpec> = fc.oneof(
      fc.tuple(scaleType, range).map(([scale, [low, high]]) => ({
        scaleType: scale,
        doubleValueSpec: {minValue: low, maxValue: high},
      })),
      fc.tuple(scaleType, range).map(([scale, [low, high]]) => ({
        scaleType: scale,
        integerValueSpec: {minValue: String(low), maxValue: String(high)},
      })),
      fc.uniqueArray(fc.integer(), {minLength: 1}).map((values) => ({discreteValueSpec: {values}})),
      fc.uniqueArray(fc.string(), {minLength: 1}).map((values) => ({categoricalValueSpec: {values}})),
    );
    fc.assert(
      fc.property(specs, unit, (spec, at) => {
        const value = valueAt(spec, at);
        const again = valueAt(spec, unitOf(spec, value));
        if (spec.doubleValueSpec) assert.ok(Math.abs(Number(again) - Number(value)) < 1e-9);
        else assert.equal(again, value);
      }),
    );
  });

  it('gives each decade of a log scale the same share', () => {
    const spec = {scaleType: 'UNIT_LOG_SCALE', doubleValueSpec: {minValue: 1e-4, maxValue: 1}};

    const decades = [0.1, 0.3, 0.6, 0.9].map((at) => Math.floor(Math.log10(Number(valueAt(spec, at)))));
    assert.deepEqual(decades, [-4, -3, -2, -1]);
  });

  it('mirrors the log scale for the reverse one', () => {
    const doubleValueSpec = {minValue: 1, maxValue: 1000};
    const log = Number(valueAt({scaleType: 'UNIT_LOG_SCALE', doubleValueSpec}, 0.25));
    const reverse = Number(valueAt({scaleType: 'UNIT_REVERSE_LOG_SCALE', doubleValueSpec}, 0.75));

    assert.ok(Math.abs(log + reverse - 1001) < 1e-9);
  });

  it('gives each integer the same share, its bounds too', () => {
    const spec = {integerValueSpec: {minValue: '2', maxValue: '5'}};

    const values = [0.1, 0.3, 0.6, 0.9].map((at) => valueAt(spec, at));
    assert.deepEqual(values, [2, 3, 4, 5]);
  });
});
