import {z} from 'zod';
import {testLabels} from './label-test.ts';
import type {SplitDefinition} from './split-definition.ts';
import type {SplitStatistics, Stream} from './split-statistics.ts';

const countSchema = z.int().nonnegative();

/** CRC-32C as Cloud Storage writes it: base64 of the four bytes, most significant first. */
const crc32cSchema = z.string().regex(/^[A-Za-z0-9+/]{6}==$/);

const inputSchema = z.strictObject({
  bucket: z.string(),
  object: z.string(),
  /** Decimal digits; near 2^51, so never a JavaScript number. */
  generation: z.string().regex(/^\d+$/),
  /** Bytes of the stored object, compressed or not. */
  size: countSchema,
  crc32c: crc32cSchema,
});

const streamSchema = z.strictObject({
  object: z.string(),
  /** Records, without the header. */
  rows: countSchema,
  /** Bytes, with the header. */
  bytes: countSchema,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  crc32c: crc32cSchema,
});

const partSchema = streamSchema.extend({
  labels: z.array(z.strictObject({label: z.string(), rows: countSchema})).readonly(),
});

/** What a split was made from and what came of it; written after all other objects, so whoever can read it can read them. */
export const manifestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  input: inputSchema,
  definitionDigest: z.string(),
  format: z.enum(['csv', 'jsonl']),
  key: z.union([z.literal('row'), z.array(z.string())]),
  salt: z.string(),
  buckets: countSchema,
  label: z.string(),
  columns: z.array(z.string()).readonly(),
  parts: z.strictObject({training: partSchema, validation: partSchema, test: partSchema}),
  /** Rows by bucket number. */
  bucketCounts: z.array(countSchema).readonly(),
  /** Rows whose labels are too many or too long to be listed in the parts. */
  rowsOfOtherLabels: countSchema,
  rejects: streamSchema.extend({
    first: z.array(z.strictObject({line: z.int().positive(), reason: z.string()})).readonly(),
  }),
  labelTest: z.strictObject({
    sentence: z.string(),
    result: z
      .strictObject({chiSquare: z.number(), degreesOfFreedom: countSchema, pValue: z.number()})
      .nullable(),
  }),
});

export type Manifest = z.output<typeof manifestSchema>;

type ManifestInput = z.output<typeof inputSchema>;

/** A written object and the checksum its writer computed. */
interface StoredStream {
  readonly object: string;
  readonly crc32c: string;
}

export interface SplitRecord {
  readonly input: ManifestInput;
  readonly definitionDigest: string;
  readonly definition: SplitDefinition;
  readonly stored: Readonly<Record<Stream, StoredStream>>;
  readonly statistics: SplitStatistics;
}

/** The manifest of a finished split: the same split gives the same manifest. */
export function manifestOf({input, definitionDigest, definition, stored, statistics}: SplitRecord): Manifest {
  const {data, split} = definition;
  const {parts, rejects} = statistics;
  return {
    schemaVersion: 1,
    input,
    definitionDigest,
    format: data.format,
    key: split.key,
    salt: split.salt,
    buckets: split.buckets,
    label: data.label,
    columns: statistics.columns,
    parts: {
      training: {...stored.training, ...parts.training},
      validation: {...stored.validation, ...parts.validation},
      test: {...stored.test, ...parts.test},
    },
    bucketCounts: statistics.bucketCounts,
    rowsOfOtherLabels: statistics.rowsOfOtherLabels,
    rejects: {...stored.rejects, ...rejects},
    labelTest: testLabels(statistics),
  };
}
