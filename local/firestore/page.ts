import {ApiError} from '../api-error.ts';
import {compareNames} from './resource-name.ts';

const DEFAULT_PAGE_SIZE = 300;

interface PageRequest {
  readonly pageSize?: number | null;
  readonly pageToken?: string | null;
}

/** One page of names in their order; the token is the last name given, so that writes in between move no page. */
export function pageOf(names: Iterable<string>, {pageSize, pageToken}: PageRequest) {
  if ((pageSize ?? 0) < 0) throw new ApiError('INVALID_ARGUMENT', 'page_size is negative');
  const after = Buffer.from(pageToken ?? '', 'base64').toString();
  const rest = [...names].filter((name) => compareNames(name, after) > 0).sort(compareNames);
  const page = rest.slice(0, pageSize || DEFAULT_PAGE_SIZE);
  const last = page.at(-1) ?? '';
  const nextPageToken = page.length < rest.length ? Buffer.from(last).toString('base64') : '';
  return {names: page, nextPageToken};
}
