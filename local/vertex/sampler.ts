import {createHash} from 'node:crypto';
import type {ParameterSpec, StudySpec, TrialParameter} from './types.ts';

type Value = number | string;

/**
 * The parameters of the first `count` trials, fewer when a grid has fewer points.
 *
 * Grid search walks the whole grid. Every other algorithm, Bayesian optimization included, gets a low-discrepancy sequence:
 * each further trial falls into the largest gap the earlier ones left, so a handful already covers the space.
 * The start depends on nothing but the study, so the same study always suggests the same trials.
 */
export function suggestTrials(study: StudySpec, count: number): TrialParameter[][] {
  const specs = study.parameters ?? [];
  const points =
    study.algorithm === 'GRID_SEARCH'
      ? gridPoints(specs.map(listedValues), count)
      : unitPoints(study, count).map((point) => specs.map((spec, axis) => valueAt(spec, point[axis] ?? 0)));
  return points.map((values) =>
    values.map((value, axis) => ({parameterId: specs[axis]?.parameterId ?? '', value})),
  );
}

/** The first `count` points of the grid, the last axis turning fastest. */
function gridPoints(axes: readonly (readonly Value[])[], count: number): Value[][] {
  const size = axes.reduce((product, values) => product * values.length, 1);
  return Array.from({length: Math.min(count, size)}, (_, index) => {
    let rest = index;
    return axes
      .toReversed()
      .flatMap((values) => {
        const value = values[rest % values.length];
        rest = Math.floor(rest / values.length);
        return value === undefined ? [] : [value];
      })
      .reverse();
  });
}

function listedValues({integerValueSpec, discreteValueSpec, categoricalValueSpec}: ParameterSpec): Value[] {
  if (!integerValueSpec) return discreteValueSpec?.values ?? categoricalValueSpec?.values ?? [];
  const lowest = Number(integerValueSpec.minValue);
  return Array.from({length: Number(integerValueSpec.maxValue) - lowest + 1}, (_, i) => lowest + i);
}

/**
 * Points of the unit cube by the R sequence (M. Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018):
 * an additive recurrence on powers of the generalised golden ratio, from an offset drawn from the study.
 */
function unitPoints(study: StudySpec, count: number): number[][] {
  const axes = study.parameters ?? [];
  const ratio = goldenRatio(axes.length);
  const seed = JSON.stringify(study);
  const offsets = axes.map(({parameterId}) => unitHash(seed, parameterId ?? ''));
  return Array.from({length: count}, (_, index) =>
    offsets.map((offset, axis) => (offset + (index + 1) / ratio ** (axis + 1)) % 1),
  );
}

/** The positive root of x^(dimensions + 1) = x + 1, by fixed-point iteration. */
function goldenRatio(dimensions: number): number {
  let root = 2;
  for (let i = 0; i < 40; i++) root = (1 + root) ** (1 / (dimensions + 1));
  return root;
}

/** A number in [0, 1) that follows from the words. */
function unitHash(...words: readonly string[]): number {
  const digest = createHash('sha256').update(JSON.stringify(words)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** The parameter's value at `unit` of its scale, `unit` in [0, 1). */
function valueAt(spec: ParameterSpec, unit: number): Value {
  const {doubleValueSpec, integerValueSpec} = spec;
  if (doubleValueSpec) {
    const {minValue, maxValue} = doubleValueSpec;
    return between(Number(minValue), Number(maxValue), unit, spec.scaleType);
  }
  if (integerValueSpec) {
    const [lowest, highest] = [Number(integerValueSpec.minValue), Number(integerValueSpec.maxValue)];
    // Up to, not including, the next integer: so that the highest is as likely as its neighbours.
    return clamp(Math.floor(between(lowest, highest + 1, unit, spec.scaleType)), lowest, highest);
  }
  const values = listedValues(spec);
  return values[Math.floor(unit * values.length)] ?? '';
}

function between(lowest: number, highest: number, unit: number, scale: ParameterSpec['scaleType']): number {
  const logarithmic = (at: number) => clamp(lowest * (highest / lowest) ** at, lowest, highest);
  if (scale === 'UNIT_LOG_SCALE') return logarithmic(unit);
  if (scale === 'UNIT_REVERSE_LOG_SCALE')
    return clamp(lowest + highest - logarithmic(1 - unit), lowest, highest);
  return clamp(lowest + unit * (highest - lowest), lowest, highest);
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(highest, Math.max(lowest, value));
}
