import {z} from 'zod';

const MAX_RESULTS = 1000;

/** The parameters of `objects.list` that choose what is shown. */
export const listQuery = z.object({
  prefix: z.string().default(''),
  delimiter: z.string().default(''),
  startOffset: z.string().default(''),
  endOffset: z.string().default(''),
  pageToken: z.string().default(''),
  maxResults: z.coerce.number().int().min(1).default(MAX_RESULTS),
  matchGlob: z.undefined('not offered').optional(),
});

export interface Page<T> {
  readonly items: T[];
  /** Names cut after the delimiter, each standing for all objects below it. */
  readonly prefixes: string[];
  readonly nextPageToken: string | undefined;
}

interface Named {
  readonly name: string;
}

interface Row<T> {
  readonly key: string;
  /** Absent when the key is a prefix. */
  readonly item?: T;
}

/**
 * One page of a listing, in the order of the names' UTF-8 bytes. A prefix counts as one result.
 * @see https://cloud.google.com/storage/docs/json_api/v1/objects/list
 */
export function pageOf<T extends Named>(objects: Iterable<T>, query: z.output<typeof listQuery>): Page<T> {
  const rows = new Map<string, Row<T>>();
  for (const object of objects) {
    if (!isWithin(object.name, query)) continue;
    const row = rowOf(object, query);
    rows.set(utf8(row.key), row);
  }
  const after = Buffer.from(query.pageToken, 'base64').toString('latin1');
  const left = [...rows.entries()].filter(([key]) => key > after).sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = left.slice(0, Math.min(query.maxResults, MAX_RESULTS));
  const last = shown.length < left.length ? shown.at(-1)?.[0] : undefined;
  return {
    items: shown.flatMap(([, {item}]) => item ?? []),
    prefixes: shown.flatMap(([, {key, item}]) => (item === undefined ? key : [])),
    nextPageToken: last && Buffer.from(last, 'latin1').toString('base64'),
  };
}

function isWithin(name: string, query: z.output<typeof listQuery>): boolean {
  return (
    name.startsWith(query.prefix) &&
    utf8(name) >= utf8(query.startOffset) &&
    (query.endOffset === '' || utf8(name) < utf8(query.endOffset))
  );
}

function rowOf<T extends Named>(item: T, {prefix, delimiter}: z.output<typeof listQuery>): Row<T> {
  const cut = delimiter === '' ? -1 : item.name.indexOf(delimiter, prefix.length);
  return cut < 0 ? {key: item.name, item} : {key: item.name.slice(0, cut + delimiter.length)};
}

/** One character per UTF-8 byte, so that `<` compares bytes. */
function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}
