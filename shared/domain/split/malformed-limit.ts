import {z} from 'zod';

const EXPECTED = 'a share of the rows up to 100% such as 1%, or a whole number of rows such as 25';

/** How many malformed rows a dataset may have: a share of all rows such as `1%`, or a number of them. */
export const malformedLimitSchema = z
  .union(
    [z.int(EXPECTED).nonnegative(EXPECTED), z.string().regex(/^(\d{1,2}(\.\d+)?|100)%$/, EXPECTED)],
    EXPECTED,
  )
  .meta({description: 'A share of all rows such as 1%, or a whole number of rows such as 25.'});

export type MalformedLimit = z.output<typeof malformedLimitSchema>;

/** @param rows all of them, malformed ones included */
export function isWithinLimit(malformed: number, rows: number, limit: MalformedLimit): boolean {
  if (typeof limit === 'number') return malformed <= limit;
  return malformed * 100 <= rows * Number.parseFloat(limit);
}

/** The limit as it stands in a sentence: `1 %` or `25`. */
export function limitText(limit: MalformedLimit): string {
  return typeof limit === 'number' ? String(limit) : limit.replace('%', ' %');
}
