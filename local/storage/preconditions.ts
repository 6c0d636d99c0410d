import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {int64, parse} from './parse.ts';

const schema = z.object({
  ifGenerationMatch: int64.exactOptional(),
  ifGenerationNotMatch: int64.exactOptional(),
  ifMetagenerationMatch: int64.exactOptional(),
  ifMetagenerationNotMatch: int64.exactOptional(),
});

const sourceSchema = z.object({
  ifSourceGenerationMatch: int64.exactOptional(),
  ifSourceGenerationNotMatch: int64.exactOptional(),
  ifSourceMetagenerationMatch: int64.exactOptional(),
  ifSourceMetagenerationNotMatch: int64.exactOptional(),
});

export type Preconditions = z.output<typeof schema>;

/** What preconditions look at; nothing there counts as generation 0. */
interface Versioned {
  readonly generation?: string | null;
  readonly metageneration?: string | null;
}

/** Reads the `if…` parameters of a request. @throws ApiError 400 for one that is no int64. */
export function parsePreconditions(query: unknown): Preconditions {
  return parse(schema, query);
}

/** Reads the `ifSource…` parameters of a copy. */
export function parseSourcePreconditions(query: unknown): Preconditions {
  const source = Object.entries(parse(sourceSchema, query));
  return Object.fromEntries(source.map(([name, value]) => [name.replace('Source', ''), value]));
}

/** @throws ApiError 412 `conditionNotMet` when a change must not happen. */
export function demandForChange(conditions: Preconditions, current: Versioned | undefined): void {
  if (!matches(conditions, current) || !differs(conditions, current)) throw conditionNotMet();
}

/** @throws ApiError 412 when a `…Match` fails, 304 when a `…NotMatch` says the caller has this version already. */
export function demandForRead(conditions: Preconditions, current: Versioned): void {
  if (!matches(conditions, current)) throw conditionNotMet();
  if (!differs(conditions, current)) {
    throw new ApiError('FAILED_PRECONDITION', 'Not Modified', {httpCode: 304, reason: 'notModified'});
  }
}

function matches(conditions: Preconditions, current: Versioned | undefined): boolean {
  const {ifGenerationMatch: generation, ifMetagenerationMatch: metageneration} = conditions;
  return (
    (generation === undefined || generation === versionOf(current?.generation)) &&
    (metageneration === undefined || metageneration === versionOf(current?.metageneration))
  );
}

function differs(conditions: Preconditions, current: Versioned | undefined): boolean {
  return (
    conditions.ifGenerationNotMatch !== versionOf(current?.generation) &&
    conditions.ifMetagenerationNotMatch !== versionOf(current?.metageneration)
  );
}

function versionOf(version: string | null | undefined): string {
  return version ?? '0';
}

function conditionNotMet(): ApiError {
  return new ApiError(
    'FAILED_PRECONDITION',
    'At least one of the pre-conditions you specified did not hold.',
    {
      httpCode: 412,
      reason: 'conditionNotMet',
    },
  );
}
