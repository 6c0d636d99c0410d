import type {TrialParameter} from '../types.ts';
import {type Axis, isActive, parametersOf} from './axes.ts';
import {listedValues, type Value} from './scale.ts';

/** One of the points of the grid, counted from 0 with the last axis turning fastest; undefined past the last. */
export function gridPoint(axes: readonly Axis[], index: number): TrialParameter[] | undefined {
  let count = 0;
  for (const point of gridPoints(axes, [])) {
    if (count++ === index) return point;
  }
  return undefined;
}

/** An axis without a value does not multiply the points. */
function* gridPoints(
  axes: readonly Axis[],
  chosen: readonly (Value | undefined)[],
): Generator<TrialParameter[]> {
  const axis = axes[chosen.length];
  if (axis === undefined) {
    yield parametersOf(axes, chosen);
    return;
  }
  const values = isActive(axis, chosen) ? stepsOf(axis) : [undefined];
  for (const value of values) yield* gridPoints(axes, [...chosen, value]);
}

function* stepsOf({spec}: Axis): Generator<Value> {
  const {integerValueSpec} = spec;
  if (!integerValueSpec) return yield* listedValues(spec);
  const highest = Number(integerValueSpec.maxValue);
  for (let value = Number(integerValueSpec.minValue); value <= highest; value++) yield value;
}
