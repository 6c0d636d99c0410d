import {z} from 'zod';
import {type Drift, driftSchema} from '../profile/drift.ts';
import {profileSchema} from '../profile/profile.ts';
import type {Sample} from '../profile/profiler.ts';
import {testLabels} from './label-test.ts';
import {dataSchema, type SplitDefinition, splitSchema} from './split-definition.ts';
import type {SplitStatistics, Stream} from './split-statistics.ts';
import {warningSchema, warningsOf} from './warnings.ts';

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
  /** SHA-256 of the pipeline.yaml. */
  definitionDigest: z.string(),
  /** What of the pipeline.yaml decides a split: with it and the input anybody can make the split again. */
  definition: z.strictObject({data: dataSchema, split: splitSchema}),
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
  profile: profileSchema,
  drift: driftSchema,
  warnings: z.array(warningSchema).readonly(),
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
  readonly sample: Sample;
  readonly drift: Drift;
}

/** The manifest of a finished split: the same split gives the same manifest. */
export function manifestOf(record: SplitRecord): Manifest {
  const {input, definitionDigest, definition, stored, statistics, sample, drift} = record;
  const {parts, rejects} = statistics;
  const labelTest = testLabels(statistics);
  return {
    schemaVersion: 1,
    input,
    definitionDigest,
    definition,
    columns: statistics.columns,
    parts: {
      training: {...stored.training, ...parts.training},
      validation: {...stored.validation, ...parts.validation},
      test: {...stored.test, ...parts.test},
    },
    bucketCounts: statistics.bucketCounts,
    rowsOfOtherLabels: statistics.rowsOfOtherLabels,
    rejects: {...stored.rejects, ...rejects},
    labelTest,
    profile: sample.profile,
    drift,
    warnings: warningsOf({definition, statistics, labelTest, sample, drift}),
  };
}
