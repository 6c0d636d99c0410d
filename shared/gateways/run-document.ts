import type {DocumentData} from '@google-cloud/firestore';
import {type Run, runSchema} from '../domain/run.ts';
import {PermanentError} from '../errors.ts';

/** @throws PermanentError NO_SUCH_RUN */
export function knownRunOf(id: string, data: DocumentData | undefined): Run {
  if (data === undefined) throw new PermanentError('NO_SUCH_RUN', `there is no run ${id}`);
  return runOf(data);
}

/** A stored document as the domain sees it: timestamps as ISO 8601. @throws PermanentError RUN_UNREADABLE */
export function runOf(data: DocumentData): Run {
  const parsed = runSchema.safeParse(plain({...data, updatedAt: data.updatedAt ?? data.createdAt}));
  if (parsed.success) return parsed.data;
  throw new PermanentError(
    'RUN_UNREADABLE',
    `run ${String(data.id)} was written by another version: ${parsed.error.message}`,
  );
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('toDate' in value && typeof value.toDate === 'function') return value.toDate().toISOString();
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
