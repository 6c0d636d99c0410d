import {z} from 'zod';
import {ApiError} from '../../api-error.ts';
import type {ParameterType, PipelineSpec} from './pipeline-schema.ts';

export type Value = z.output<ReturnType<typeof z.json>>;
export type Values = Readonly<Record<string, Value>>;

const TYPES: Readonly<Record<ParameterType, z.ZodType<Value>>> = {
  STRING: z.string(),
  NUMBER_INTEGER: z.int(),
  NUMBER_DOUBLE: z.number(),
  BOOLEAN: z.boolean(),
  LIST: z.array(z.json()),
  STRUCT: z.record(z.string(), z.json()),
};

/**
 * The parameters of a job, defaults filled in.
 * @throws ApiError INVALID_ARGUMENT for one that the pipeline does not have, lacks or has with another type
 */
export function parametersOf({root}: PipelineSpec, given: Values): Values {
  const {parameters} = root.inputDefinitions;
  for (const [name, value] of Object.entries(given)) {
    const type = parameters[name]?.parameterType;
    if (type === undefined) throw invalid(`the pipeline has no parameter "${name}"`);
    if (!TYPES[type].safeParse(value).success) throw invalid(`the parameter "${name}" is no ${type}`);
  }
  const all = Object.entries(parameters).map(([name, {defaultValue, isOptional}]): [string, Value] => {
    const value = given[name] ?? defaultValue;
    if (value === undefined && !isOptional) throw invalid(`the parameter "${name}" has no value`);
    return [name, value ?? null];
  });
  return Object.fromEntries(all);
}

/** What a task wrote for an output parameter. @throws an Error when the text is no value of the type */
export function readOutput(text: string, type: ParameterType): Value {
  const value = type === 'STRING' ? text : JSON.parse(text);
  return TYPES[type].parse(value);
}

/** A value as an argument of a container carries it. */
export function argumentOf(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function invalid(what: string): ApiError {
  return new ApiError('INVALID_ARGUMENT', `Invalid runtime config: ${what}.`);
}
