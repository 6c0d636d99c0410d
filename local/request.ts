import {z} from 'zod';
import {ApiError} from './api-error.ts';

/**
 * Reads a request body against `schema`, which knows every accepted field.
 * @throws ApiError INVALID_ARGUMENT that names each offending field, in the service's words.
 */
export function parseRequest<T>(schema: z.ZodType<T>, body: unknown): T {
  const {data, error} = schema.safeParse(body);
  if (error === undefined) return data;
  throw new ApiError('INVALID_ARGUMENT', error.issues.flatMap(sentencesOf).join('\n'));
}

function sentencesOf(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.reduce<string>((at, key) => at + fieldStep(at, key), '');
  if (issue.code !== 'unrecognized_keys') return [`Invalid value at '${path}': ${issue.message}`];
  const place = path === '' ? '' : ` at '${path}'`;
  return issue.keys.map(
    (key) => `Invalid JSON payload received. Unknown name "${key}"${place}: Cannot find field.`,
  );
}

function fieldStep(before: string, key: PropertyKey): string {
  if (typeof key === 'number') return `[${key}]`;
  return before === '' ? String(key) : `.${String(key)}`;
}

/** `schema` after leaving out the fields only the service sets: like the service, ignores them in requests. */
export function ignoring<T>(outputOnly: readonly string[], schema: z.ZodType<T>): z.ZodType<T> {
  return z.preprocess((body) => {
    if (typeof body !== 'object' || body === null) return body;
    return Object.fromEntries(Object.entries(body).filter(([field]) => !outputOnly.includes(field)));
  }, schema);
}

/** A field the service has and this local cloud has not: using it is an error that says so. */
export function notOffered() {
  return z.never({error: 'the local cloud does not offer this field'}).exactOptional();
}

/** `displayName` of any resource: up to 128 characters. */
export const displayName = z.string().min(1).max(128);

/** Keys and values of up to 64 lower-case letters, digits, `_` and `-`: https://goo.gl/xmQnxf */
export const labels = z.record(
  z.string().regex(/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u),
  z.string().regex(/^[\p{Ll}\p{Lo}\p{N}_-]{0,64}$/u),
);

/** A 64-bit integer of proto JSON: a decimal string, or a number, which becomes one. */
export const int64 = z.union([z.string().regex(/^-?\d+$/), z.int().transform(String)], {
  error: 'expected a 64-bit integer',
});

/** Seconds with an `s`, e.g. `7200s`. */
export const duration = z.string().regex(/^\d+(\.\d{1,9})?s$/, 'expected a duration like "3.5s"');

export const gcsUri = z.string().regex(/^gs:\/\/[^/]+(\/.*)?$/, 'expected a gs:// URI');

/** At most 100 variables, each name once. */
export const environment = z
  .array(z.strictObject({name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), value: z.string()}))
  .max(100)
  .refine((env) => new Set(env.map(({name}) => name)).size === env.length, 'names must be unique');

interface EnvVar {
  readonly name?: string | null;
  readonly value?: string | null;
}

/** The variables of an `env` field as a container takes them. */
export function variablesOf(env: readonly EnvVar[] | null | undefined): Record<string, string> {
  return Object.fromEntries((env ?? []).map(({name, value}) => [name ?? '', value ?? '']));
}

/** Milliseconds of a duration that `duration` accepted. */
export function millisecondsOf(text: string): number {
  return Number.parseFloat(text) * 1000;
}
