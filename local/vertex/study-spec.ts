import {z} from 'zod';
import {int64, notOffered} from '../request.ts';
import type {ParameterSpec, StudySpec} from './types.ts';

const VALUE_SPECS = [
  'doubleValueSpec',
  'integerValueSpec',
  'discreteValueSpec',
  'categoricalValueSpec',
] as const;

// "Only supported in Vizier", not by tuning jobs, says the service's reference.
const defaultValue = z.never({error: 'default values are not supported by tuning jobs'}).exactOptional();

const parameter = z
  .strictObject({
    parameterId: z.string().min(1),
    scaleType: z
      .enum(['SCALE_TYPE_UNSPECIFIED', 'UNIT_LINEAR_SCALE', 'UNIT_LOG_SCALE', 'UNIT_REVERSE_LOG_SCALE'])
      .exactOptional(),
    doubleValueSpec: z
      .strictObject({minValue: z.number(), maxValue: z.number(), defaultValue})
      .exactOptional(),
    integerValueSpec: z.strictObject({minValue: int64, maxValue: int64, defaultValue}).exactOptional(),
    discreteValueSpec: z.strictObject({values: z.array(z.number()).min(1), defaultValue}).exactOptional(),
    categoricalValueSpec: z.strictObject({values: z.array(z.string()).min(1), defaultValue}).exactOptional(),
    conditionalParameterSpecs: notOffered(),
  })
  .superRefine((spec, context) => {
    const fault = faultOf(spec);
    if (fault !== undefined) context.addIssue({code: 'custom', message: fault});
  });

const earlyStopping = z.strictObject({useElapsedDuration: z.boolean().exactOptional()}).exactOptional();

/** `StudySpec`: what is varied and what is measured. Early stopping is accepted; trials run to their end all the same. */
export const studySpec = z
  .strictObject({
    metrics: z
      .array(
        z.strictObject({
          metricId: z.string().min(1),
          goal: z.enum(['GOAL_TYPE_UNSPECIFIED', 'MAXIMIZE', 'MINIMIZE']).exactOptional(),
          safetyConfig: notOffered(),
        }),
      )
      .length(1, 'a tuning job optimizes exactly one metric'),
    parameters: z
      .array(parameter)
      .min(1)
      .refine(
        (specs) => new Set(specs.map(({parameterId}) => parameterId)).size === specs.length,
        'parameter ids must be unique',
      ),
    algorithm: z.enum(['ALGORITHM_UNSPECIFIED', 'GRID_SEARCH', 'RANDOM_SEARCH']).exactOptional(),
    measurementSelectionType: z
      .enum(['MEASUREMENT_SELECTION_TYPE_UNSPECIFIED', 'LAST_MEASUREMENT', 'BEST_MEASUREMENT'])
      .exactOptional(),
    medianAutomatedStoppingSpec: earlyStopping,
    decayCurveStoppingSpec: earlyStopping,
    convexAutomatedStoppingSpec: notOffered(),
    studyStoppingConfig: notOffered(),
    observationNoise: z.never({error: 'observation noise is not supported by tuning jobs'}).exactOptional(),
  })
  .refine(
    ({algorithm, parameters}) =>
      algorithm !== 'GRID_SEARCH' || parameters.every(({doubleValueSpec}) => doubleValueSpec === undefined),
    {path: ['algorithm'], message: 'GRID_SEARCH does not support parameters of type DOUBLE'},
  ) satisfies z.ZodType<StudySpec>;

/** What is contradictory in a parameter, if anything is. */
function faultOf(spec: ParameterSpec): string | undefined {
  if (VALUE_SPECS.filter((name) => spec[name] !== undefined).length !== 1) {
    return 'a parameter has exactly one of doubleValueSpec, integerValueSpec, discreteValueSpec, categoricalValueSpec';
  }
  if (spec.categoricalValueSpec !== undefined) return undefined;
  const {lowest, highest} = boundsOf(spec);
  if (!(lowest <= highest)) return 'minValue is greater than maxValue';
  if (isLogScale(spec) && lowest <= 0) return `${spec.scaleType} needs strictly positive values`;
  const values = spec.discreteValueSpec?.values ?? [];
  const isIncreasing = values.every((value, i) => i === 0 || value > Number(values[i - 1]));
  return isIncreasing ? undefined : 'discrete values must be in increasing order';
}

function isLogScale({scaleType}: ParameterSpec): boolean {
  return scaleType === 'UNIT_LOG_SCALE' || scaleType === 'UNIT_REVERSE_LOG_SCALE';
}

function boundsOf({doubleValueSpec, integerValueSpec, discreteValueSpec}: ParameterSpec) {
  const values = discreteValueSpec?.values ?? [];
  const range = doubleValueSpec ??
    integerValueSpec ?? {minValue: Math.min(...values), maxValue: Math.max(...values)};
  return {lowest: Number(range.minValue), highest: Number(range.maxValue)};
}
