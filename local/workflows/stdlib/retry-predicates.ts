import {isList, isMap, type Value} from '../run/value.ts';
import {pure} from './std-function.ts';

/** https://cloud.google.com/workflows/docs/reference/stdlib/http/default_retry_predicate; 500 is not among them. */
const IDEMPOTENT = {
  codes: [429, 502, 503, 504],
  tags: ['ConnectionError', 'ConnectionFailedError', 'TimeoutError'],
};
const NON_IDEMPOTENT = {codes: [429, 503], tags: ['ConnectionFailedError']};

export const retryPredicates = {
  'http.default_retry_predicate': pure('error', (error) => matches(error, IDEMPOTENT)),
  'http.default_retry_predicate_non_idempotent': pure('error', (error) => matches(error, NON_IDEMPOTENT)),
  'retry.always': pure('error', () => true),
  'retry.never': pure('error', () => false),
};

function matches(error: Value, {codes, tags}: {codes: readonly number[]; tags: readonly string[]}): boolean {
  if (!isMap(error)) return false;
  const carried = error.get('tags') ?? null;
  if (!isList(carried)) return false;
  if (carried.includes('HttpError')) return codes.includes(Number(error.get('code')));
  return tags.some((tag) => carried.includes(tag));
}
