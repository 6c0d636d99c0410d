import {z} from 'zod';
import {ApiError} from './api-error.ts';
import {type Comparison, compileFilter, type Test, timeTest, unsupported} from './filter.ts';
import {parseRequest} from './request.ts';

/** What a filter and a page can see of a resource. */
export interface Listed {
  readonly name?: string | null;
  readonly displayName?: string | null;
  readonly state?: string | null;
  readonly createTime?: string | null;
  readonly labels?: Readonly<Record<string, string>> | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken?: string;
}

const MAX_PAGE_SIZE = 100;

const listQuery = z.object({
  filter: z.string().default(''),
  pageSize: z.coerce.number().int().min(0).default(0),
  pageToken: z.string().default(''),
});

/**
 * Answers a list method: newest first, filtered by what `testOf` makes of each comparison.
 * @throws ApiError INVALID_ARGUMENT for any other filter, a negative page size or a page token from elsewhere.
 */
export function listPage<T extends Listed>(
  all: Iterable<T>,
  query: unknown,
  testOf: (comparison: Comparison) => Test<T> = resourceTest,
): Page<T> {
  const {filter, pageSize, pageToken} = parseRequest(listQuery, query);
  const passes = filter.trim() === '' ? () => true : compileFilter(filter, testOf);
  const found = [...all].filter(passes).reverse().sort(newestFirst);
  const start = pageToken === '' ? 0 : found.findIndex(({name}) => tokenOf(name) === pageToken) + 1;
  if (pageToken !== '' && start === 0) throw new ApiError('INVALID_ARGUMENT', 'Invalid page token.');
  const items = found.slice(start, start + Math.min(pageSize || MAX_PAGE_SIZE, MAX_PAGE_SIZE));
  const last = items.at(-1);
  return last !== found.at(-1) && last ? {items, nextPageToken: tokenOf(last.name)} : {items};
}

function newestFirst(a: Listed, b: Listed): number {
  return (b.createTime ?? '').localeCompare(a.createTime ?? '');
}

/** The token of the page that begins after the resource `name`. */
function tokenOf(name: string | null | undefined): string {
  return Buffer.from(name ?? '').toString('base64url');
}

/**
 * Vertex AI filters by `display_name` (`=`, `!=`, `:` with `*`), `state` (`=`, `!=`), `create_time` (every comparison) and
 * `labels.key` (`=`, `!=`, `:*`).
 */
function resourceTest(comparison: Comparison): Test<Listed> {
  const {field, operator, value} = comparison;
  const label = /^labels\.(.+)$/.exec(field)?.[1];
  if (label !== undefined) return labelTest(label, comparison);
  if (field === 'create_time' || field === 'createTime') {
    return timeTest(comparison, ({createTime}) => createTime);
  }
  const key = field === 'display_name' ? 'displayName' : field;
  if (key !== 'displayName' && key !== 'state') throw unsupported(comparison);
  if (operator === '=') return (resource) => resource[key] === value;
  if (operator === '!=') return (resource) => resource[key] !== value;
  if (operator !== ':' || key === 'state') throw unsupported(comparison);
  return ({displayName}) => matchesGlob(displayName ?? '', value);
}

/** The meaning of a comparison of one label. @throws ApiError INVALID_ARGUMENT */
export function labelTest(key: string, comparison: Comparison): Test<Listed> {
  const {operator, value} = comparison;
  if (operator === '=') return ({labels}) => labels?.[key] === value;
  if (operator === '!=') return ({labels}) => labels?.[key] !== value;
  if (operator === ':' && value === '*') return ({labels}) => labels?.[key] !== undefined;
  throw unsupported(comparison);
}

/** Whether all of `text` fits `glob`, in which `*` stands for any run of characters. */
export function matchesGlob(text: string, glob: string): boolean {
  const pattern = glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${pattern}$`, 's').test(text);
}
