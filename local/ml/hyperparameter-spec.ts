import {z} from 'zod';
import type {HyperparameterSpec, ParameterSpec} from './types.ts';

const MOST_VALUES = 1000;

const parameterSpec = z
  .strictObject({
    parameterName: z.string().regex(/^\S+$/, 'a parameter name has one or more characters and no whitespace'),
    type: z.enum(['DOUBLE', 'INTEGER', 'CATEGORICAL', 'DISCRETE']),
    minValue: z.number().exactOptional(),
    maxValue: z.number().exactOptional(),
    categoricalValues: z.array(z.string()).min(1).max(MOST_VALUES).exactOptional(),
    discreteValues: z.array(z.number()).min(1).max(MOST_VALUES).exactOptional(),
    scaleType: z
      .enum(['NONE', 'UNIT_LINEAR_SCALE', 'UNIT_LOG_SCALE', 'UNIT_REVERSE_LOG_SCALE'])
      .exactOptional(),
  })
  .superRefine((spec, context) => {
    const message = faultOf(spec);
    if (message !== undefined) context.addIssue({code: 'custom', message});
  }) satisfies z.ZodType<ParameterSpec>;

/** `HyperparameterSpec`: what a tuning job varies and how it searches. */
export const hyperparameterSpec = z
  .strictObject({
    goal: z.enum(['GOAL_TYPE_UNSPECIFIED', 'MAXIMIZE', 'MINIMIZE']).exactOptional(),
    params: z.array(parameterSpec).min(1),
    maxTrials: z.int().min(1).exactOptional(),
    maxParallelTrials: z.int().min(1).exactOptional(),
    maxFailedTrials: z.int().min(0).exactOptional(),
    hyperparameterMetricTag: z.string().min(1).exactOptional(),
    algorithm: z.enum(['ALGORITHM_UNSPECIFIED', 'GRID_SEARCH', 'RANDOM_SEARCH']).exactOptional(),
    enableTrialEarlyStopping: z.boolean().exactOptional(),
    resumePreviousJobId: z.string().min(1).exactOptional(),
  })
  .refine(({params}) => new Set(params.map(({parameterName}) => parameterName)).size === params.length, {
    path: ['params'],
    message: 'parameter names must be unique',
  })
  .refine(
    ({algorithm, params}) => algorithm !== 'GRID_SEARCH' || params.every(({type}) => type !== 'DOUBLE'),
    {path: ['algorithm'], message: 'GRID_SEARCH does not support parameters of type DOUBLE'},
  ) satisfies z.ZodType<HyperparameterSpec>;

/** The fields that a type needs; it takes none of the others'. */
const FIELDS = {
  DOUBLE: ['minValue', 'maxValue'],
  INTEGER: ['minValue', 'maxValue'],
  CATEGORICAL: ['categoricalValues'],
  DISCRETE: ['discreteValues'],
} as const;
const ALL_FIELDS = ['minValue', 'maxValue', 'categoricalValues', 'discreteValues'] as const;

/** What is contradictory in a parameter, if anything is. */
function faultOf(spec: ParameterSpec & {type: keyof typeof FIELDS}): string | undefined {
  const needed: readonly string[] = FIELDS[spec.type];
  const wrong = ALL_FIELDS.find((field) => (spec[field] !== undefined) !== needed.includes(field));
  if (wrong !== undefined) {
    return needed.includes(wrong)
      ? `${wrong} is required for ${spec.type}`
      : `${spec.type} takes no ${wrong}`;
  }
  return spec.type === 'CATEGORICAL' ? wordsFault(spec) : numbersFault(spec);
}

function wordsFault({categoricalValues, scaleType = 'NONE'}: ParameterSpec): string | undefined {
  const words = categoricalValues ?? [];
  if (new Set(words).size < words.length) return 'categorical values must be unique';
  return scaleType === 'NONE' ? undefined : 'CATEGORICAL takes no scaleType';
}

function numbersFault({type, minValue, maxValue, discreteValues, scaleType}: ParameterSpec) {
  const values = discreteValues ?? [Number(minValue), Number(maxValue)];
  if (type === 'INTEGER' && !values.every(Number.isInteger)) return 'INTEGER needs whole numbers';
  const isRising = values.every((value, index) => index === 0 || value > Number(values[index - 1]));
  if (!isRising && type === 'DISCRETE') return 'discreteValues must be in strictly increasing order';
  if (Number(values[0]) > Number(values.at(-1))) return 'minValue is greater than maxValue';
  const isLog = scaleType === 'UNIT_LOG_SCALE' || scaleType === 'UNIT_REVERSE_LOG_SCALE';
  return isLog && Number(values[0]) <= 0 ? `${scaleType} needs strictly positive values` : undefined;
}
