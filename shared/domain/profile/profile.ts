import {z} from 'zod';

const countSchema = z.int().nonnegative();

const commonFields = {
  name: z.string(),
  missing: countSchema.describe('Rows without a value: an empty CSV field, null or nothing in JSON Lines.'),
};

const numberColumnSchema = z.strictObject({
  ...commonFields,
  type: z.literal('number'),
  min: z.number(),
  max: z.number(),
  edges: z
    .array(z.number())
    .readonly()
    .describe(
      'Upper ends of all bins but the last, increasing: deciles of the first profile in the row of runs, handed on from run to run.',
    ),
  rows: z.array(countSchema).readonly().describe('Rows by bin, one bin more than edges.'),
});

const textColumnSchema = z.strictObject({
  ...commonFields,
  type: z.literal('text'),
  top: z
    .array(z.strictObject({value: z.string(), rows: countSchema}))
    .readonly()
    .describe(
      'The most frequent values, and those that were most frequent in the run compared with; most frequent first.',
    ),
  others: countSchema.describe('Rows with any other value.'),
});

const columnSchema = z.discriminatedUnion('type', [
  numberColumnSchema,
  textColumnSchema,
  z.strictObject({...commonFields, type: z.literal('empty')}),
]);

/** What the columns of a dataset hold, counted in the rows at its beginning. */
export const profileSchema = z.strictObject({
  sample: z.strictObject({
    rows: countSchema.describe('Rows counted.'),
    bytes: countSchema.describe('Their bytes.'),
    isWhole: z.boolean().describe('Are these all rows of the data?'),
  }),
  columns: z.array(columnSchema).readonly(),
});

export type Profile = z.output<typeof profileSchema>;
export type ColumnProfile = z.output<typeof columnSchema>;
export type NumberColumn = z.output<typeof numberColumnSchema>;
export type TextColumn = z.output<typeof textColumnSchema>;
