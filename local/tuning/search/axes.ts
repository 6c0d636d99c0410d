import type {ParameterSpec, TrialParameter} from '../types.ts';
import {unitOf, type Value} from './scale.ts';

/** A parameter of a study. It has a value in a trial unless its parent has another than those named. */
export interface Axis {
  readonly spec: ParameterSpec;
  readonly condition?: {
    /** Where the parent stands in the list of axes; always before its children. */
    readonly parent: number;
    readonly values: readonly Value[];
  };
}

/** "The Epsilon of the value matching is 1e-10", says the reference of `parentDiscreteValues`. */
const EPSILON = 1e-10;

const SAME_DISTANCE = Math.SQRT1_2;

/** All parameters of a study, those under a condition too, parents first. */
export function axesOf(specs: readonly ParameterSpec[]): Axis[] {
  const axes: Axis[] = [];
  const add = (axis: Axis) => {
    const parent = axes.push(axis) - 1;
    for (const {parameterSpec, ...condition} of axis.spec.conditionalParameterSpecs ?? []) {
      const {parentCategoricalValues, parentDiscreteValues, parentIntValues} = condition;
      const values =
        parentCategoricalValues?.values ??
        parentDiscreteValues?.values ??
        parentIntValues?.values?.map(Number) ??
        [];
      if (parameterSpec) add({spec: parameterSpec, condition: {parent, values}});
    }
  };
  for (const spec of specs) add({spec});
  return axes;
}

/** Whether an axis has a value where those before it have `values`; one that has none is undefined there. */
export function isActive({condition}: Axis, values: readonly (Value | undefined)[]): boolean {
  if (condition === undefined) return true;
  const given = values[condition.parent];
  return given !== undefined && condition.values.some((wanted) => isSame(wanted, given));
}

/** The parameters of a trial, in the order of the axes. */
export function parametersAt(axes: readonly Axis[], choose: (axis: Axis, index: number) => Value) {
  const values: (Value | undefined)[] = [];
  for (const [index, axis] of axes.entries()) {
    values.push(isActive(axis, values) ? choose(axis, index) : undefined);
  }
  return parametersOf(axes, values);
}

/** The values of a trial's parameters, one for each axis, undefined where an axis has none. */
function valuesOf(axes: readonly Axis[], parameters: readonly TrialParameter[]): (Value | undefined)[] {
  const values: (Value | undefined)[] = [];
  for (const axis of axes) {
    const given = parameters.find(({parameterId}) => parameterId === axis.spec.parameterId);
    values.push(isActive(axis, values) ? given?.value : undefined);
  }
  return values;
}

export function parametersOf(
  axes: readonly Axis[],
  values: readonly (Value | undefined)[],
): TrialParameter[] {
  return axes.flatMap(({spec}, index) => {
    const value = values[index];
    return value === undefined ? [] : [{parameterId: spec.parameterId ?? '', value}];
  });
}

/** A trial as a point of the unit cube of all axes; an axis without a value is in its middle. */
export function unitPoint(axes: readonly Axis[], parameters: readonly TrialParameter[]): number[] {
  return valuesOf(axes, parameters).map((value, index) => {
    const axis = axes[index];
    return axis === undefined || value === undefined ? 0.5 : unitOf(axis.spec, value);
  });
}

/** A trial as a vector whose distances mean something: each word of a categorical parameter is 1 away from each other. */
export function featuresOf(axes: readonly Axis[], parameters: readonly TrialParameter[]): number[] {
  const values = valuesOf(axes, parameters);
  const point = unitPoint(axes, parameters);
  return axes.flatMap(({spec}, index) => {
    const words = spec.categoricalValueSpec?.values;
    return words?.map((word) => (word === values[index] ? SAME_DISTANCE : 0)) ?? [point[index] ?? 0.5];
  });
}

function isSame(a: Value, b: Value): boolean {
  return typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) <= EPSILON : a === b;
}
