import {z} from 'zod';

const countSchema = z.int().nonnegative();

const commonFields = {
  name: z.string(),
  /** Rows without a value: an empty CSV field, null or nothing in JSON Lines. */
  missing: countSchema,
};

const numberColumnSchema = z.strictObject({
  ...commonFields,
  type: z.literal('number'),
  min: z.number(),
  max: z.number(),
  /** Upper ends of all bins but the last, increasing: deciles of the first profile in the row of runs, handed on from run to run. */
  edges: z.array(z.number()).readonly(),
  /** Rows by bin, one bin more than edges. */
  rows: z.array(countSchema).readonly(),
});

const textColumnSchema = z.strictObject({
  ...commonFields,
  type: z.literal('text'),
  /** The most frequent values, and those that were most frequent in the run compared with; most frequent first. */
  top: z.array(z.strictObject({value: z.string(), rows: countSchema})).readonly(),
  /** Rows with any other value. */
  others: countSchema,
});

const columnSchema = z.discriminatedUnion('type', [
  numberColumnSchema,
  textColumnSchema,
  z.strictObject({...commonFields, type: z.literal('empty')}),
]);

/** What the columns of a dataset hold, counted in the rows at its beginning. */
export const profileSchema = z.strictObject({
  sample: z.strictObject({
    /** Rows counted. */
    rows: countSchema,
    /** Their bytes. */
    bytes: countSchema,
    /** Are these all rows of the data? */
    isWhole: z.boolean(),
  }),
  columns: z.array(columnSchema).readonly(),
});

export type Profile = z.output<typeof profileSchema>;
export type ColumnProfile = z.output<typeof columnSchema>;
export type NumberColumn = z.output<typeof numberColumnSchema>;
export type TextColumn = z.output<typeof textColumnSchema>;
