import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {invalid} from './errors.ts';

/** One schema for each field, checked against the field names of a Google resource. */
export type SchemasOf<Resource> = Partial<Record<keyof Resource, z.ZodType>>;

/** Null stands for "take it away". */
export const maybeText = z.string().nullable().exactOptional();

/** A field only the service sets: clients send whole resources back, so it is read over. */
export const ignored = z.unknown().optional();

/** An int64 of the JSON API: a decimal string. */
export const int64 = z.string().regex(/^\d{1,19}$/, 'not an int64');

/**
 * Checks a request body or query against a schema; no body counts as `{}`.
 * @throws ApiError 400 in Google's words, naming the first field that is unknown or wrong.
 */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  throw complaint(parsed.error.issues[0]);
}

/** Reads a JSON text; an empty one counts as `{}`. @throws ApiError 400 `parseError`. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('INVALID_ARGUMENT', 'Parse Error', {reason: 'parseError'});
  }
}

function complaint(issue: z.core.$ZodIssue | undefined): ApiError {
  const path = issue?.path.join('.') ?? '';
  if (issue?.code !== 'unrecognized_keys') return invalid(`Invalid value at '${path}': ${issue?.message}`);
  const at = path === '' ? '' : ` at '${path}'`;
  return invalid(`Invalid JSON payload received. Unknown name "${issue.keys[0]}"${at}: Cannot find field.`);
}
