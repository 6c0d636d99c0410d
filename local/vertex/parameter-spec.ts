import {z} from 'zod';
import {int64} from '../request.ts';
import type {ConditionalParameterSpec, ParameterSpec} from '../tuning/types.ts';

const VALUE_SPECS = [
  'doubleValueSpec',
  'integerValueSpec',
  'discreteValueSpec',
  'categoricalValueSpec',
] as const;
const CONDITIONS = ['parentCategoricalValues', 'parentDiscreteValues', 'parentIntValues'] as const;

const MOST_VALUES = 1000;
/** Discrete values are "at least 1e-10 apart" and a condition matches them with that epsilon. */
const EPSILON = 1e-10;

// "Only supported in Vizier", not by tuning jobs, says the service's reference.
const defaultValue = z.never({error: 'default values are not supported by tuning jobs'}).exactOptional();
const numbers = z.array(z.number()).min(1).max(MOST_VALUES);
const words = z
  .array(z.string())
  .min(1)
  .max(MOST_VALUES)
  .refine((values) => new Set(values).size === values.length, 'categorical values must be unique');

/** `ParameterSpec`, with those that depend on it. */
export const parameterSpec = z
  .strictObject({
    parameterId: z.string().regex(/^\S+$/, 'a parameter id has one or more characters and no whitespace'),
    scaleType: z
      .enum(['SCALE_TYPE_UNSPECIFIED', 'UNIT_LINEAR_SCALE', 'UNIT_LOG_SCALE', 'UNIT_REVERSE_LOG_SCALE'])
      .exactOptional(),
    doubleValueSpec: z
      .strictObject({minValue: z.number(), maxValue: z.number(), defaultValue})
      .exactOptional(),
    integerValueSpec: z.strictObject({minValue: int64, maxValue: int64, defaultValue}).exactOptional(),
    discreteValueSpec: z.strictObject({values: numbers, defaultValue}).exactOptional(),
    categoricalValueSpec: z.strictObject({values: words, defaultValue}).exactOptional(),
    get conditionalParameterSpecs(): z.ZodExactOptional<z.ZodArray<z.ZodType<ConditionalParameterSpec>>> {
      return z.array(conditionalParameterSpec).exactOptional();
    },
  })
  .superRefine((spec, context) => {
    const fault =
      faultOf(spec) ??
      spec.conditionalParameterSpecs?.map((child) => conditionFault(spec, child)).find(Boolean);
    if (fault !== undefined) context.addIssue({code: 'custom', message: fault});
  }) satisfies z.ZodType<ParameterSpec>;

const conditionalParameterSpec = z.strictObject({
  parameterSpec: z.lazy((): z.ZodType<ParameterSpec> => parameterSpec),
  parentCategoricalValues: z.strictObject({values: z.array(z.string()).min(1)}).exactOptional(),
  parentDiscreteValues: z.strictObject({values: z.array(z.number()).min(1)}).exactOptional(),
  parentIntValues: z.strictObject({values: z.array(int64).min(1)}).exactOptional(),
}) satisfies z.ZodType<ConditionalParameterSpec>;

/** What is contradictory in a parameter, if anything is. */
function faultOf(spec: ParameterSpec): string | undefined {
  if (VALUE_SPECS.filter((name) => spec[name] !== undefined).length !== 1) {
    return `a parameter has exactly one of ${VALUE_SPECS.join(', ')}`;
  }
  if (spec.categoricalValueSpec !== undefined) return undefined;
  const {lowest, highest} = boundsOf(spec);
  if (!(lowest <= highest)) return 'minValue is greater than maxValue';
  if (isLogScale(spec) && lowest <= 0) return `${spec.scaleType} needs strictly positive values`;
  const values = spec.discreteValueSpec?.values ?? [];
  const isIncreasing = values.every((value, i) => i === 0 || value - Number(values[i - 1]) >= EPSILON);
  return isIncreasing ? undefined : 'discrete values must be in increasing order, at least 1e-10 apart';
}

/** What is contradictory between a parameter and one that depends on it. */
function conditionFault(parent: ParameterSpec, child: ConditionalParameterSpec): string | undefined {
  const id = child.parameterSpec?.parameterId;
  const given = CONDITIONS.filter((name) => child[name] !== undefined);
  if (given.length !== 1) return `the condition of ${id} is exactly one of ${CONDITIONS.join(', ')}`;
  return isPossible(parent, child)
    ? undefined
    : `the condition of ${id} has values that ${parent.parameterId} cannot have`;
}

function isPossible(parent: ParameterSpec, child: ConditionalParameterSpec): boolean {
  const {parentCategoricalValues, parentDiscreteValues, parentIntValues} = child;
  const {categoricalValueSpec, discreteValueSpec, integerValueSpec} = parent;
  if (parentCategoricalValues?.values) {
    return parentCategoricalValues.values.every((value) => categoricalValueSpec?.values?.includes(value));
  }
  if (parentDiscreteValues?.values) {
    const isListed = (wanted: number) =>
      discreteValueSpec?.values?.some((value) => Math.abs(value - wanted) <= EPSILON);
    return parentDiscreteValues.values.every(isListed);
  }
  const values = (parentIntValues?.values ?? []).map(Number);
  const [lowest, highest] = [Number(integerValueSpec?.minValue), Number(integerValueSpec?.maxValue)];
  return values.every((value) => lowest <= value && value <= highest);
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
