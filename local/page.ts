import {ApiError} from './api-error.ts';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;

export interface PageRequest {
  readonly pageSize?: number | null;
  readonly pageToken?: string | null;
}

/**
 * One page of a list in the order of the names. The token is the last name of the page before, so that changes between two calls harm nothing.
 * @throws ApiError INVALID_ARGUMENT for a negative page size.
 */
export function page<T>(
  items: Iterable<T>,
  nameOf: (item: T) => string,
  {pageSize, pageToken}: PageRequest,
): {readonly items: T[]; readonly nextPageToken?: string} {
  const size = Math.min(pageSize || DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
  if (size < 0) throw new ApiError('INVALID_ARGUMENT', 'The page size must not be negative.');
  const rest = [...items]
    .filter((item) => nameOf(item) > (pageToken ?? ''))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const hasMore = rest.length > size && last !== undefined;
  return {items: shown, ...(hasMore && {nextPageToken: nameOf(last)})};
}
