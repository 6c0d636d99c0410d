import {z} from 'zod';
import {type Drift, driftSchema} from '../profile/drift.ts';
import {profileSchema} from '../profile/profile.ts';
import type {Sample} from '../profile/profiler.ts';
import {checkKeys, keyLeakageSchema} from './key-leakage.ts';
import {testLabels} from './label-test.ts';
import type {RecordSample} from './record-sample.ts';
import {dataSchema, type SplitDefinition, splitSchema} from './split-definition.ts';
import type {SplitStatistics, Stream} from './split-statistics.ts';
import {warningSchema, warningsOf} from './warnings.ts';

const countSchema = z.int().nonnegative();

const crc32cSchema = z
  .string()
  .regex(/^[A-Za-z0-9+/]{6}==$/)
  .describe('CRC-32C as Cloud Storage writes it: base64 of the four bytes, most significant first.');

const objectSchema = z.strictObject({
  bucket: z.string(),
  object: z.string(),
  generation: z.string().regex(/^\d+$/).describe('Decimal digits; near 2^51, so never a JavaScript number.'),
  size: countSchema.describe('Bytes of the stored object, compressed or not.'),
  crc32c: crc32cSchema,
});

const tableSchema = z.strictObject({
  table: z.string().describe('project.dataset.table in BigQuery.'),
  snapshotMicros: z
    .string()
    .regex(/^\d+$/)
    .describe('The instant of the snapshot, in microseconds since 1970.'),
});

const inputSchema = z.union([objectSchema, tableSchema]);

const exportSchema = z.strictObject({
  prefix: z
    .string()
    .describe('What the names of the exported objects begin with, in the bucket of the parts.'),
  rows: countSchema.nullable().describe('As BigQuery counted them; null when it did not say.'),
});

const streamSchema = z.strictObject({
  object: z.string(),
  rows: countSchema.describe('Records, without the header.'),
  bytes: countSchema.describe('Bytes, with the header.'),
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
  staged: z
    .strictObject({training: exportSchema, validation: exportSchema, test: exportSchema})
    .optional()
    .describe('Only when the split was made in BigQuery: what it exported, and the parts were sealed from.'),
  definitionDigest: z.string().describe('SHA-256 of the pipeline.yaml.'),
  definition: z
    .strictObject({data: dataSchema, split: splitSchema})
    .describe(
      'What of the pipeline.yaml decides a split: with it and the input anybody can make the split again.',
    ),
  columns: z
    .array(z.string())
    .readonly()
    .describe('In the order of the file; in JSON Lines the paths of the first object.'),
  parts: z.strictObject({training: partSchema, validation: partSchema, test: partSchema}),
  bucketCounts: z.array(countSchema).readonly().describe('Rows by bucket number.'),
  rowsOfOtherLabels: countSchema.describe(
    'Rows whose labels are too many or too long to be listed in the parts.',
  ),
  rejects: streamSchema.extend({
    first: z.array(z.strictObject({line: z.int().positive(), reason: z.string()})).readonly(),
  }),
  labelTest: z.strictObject({
    sentence: z.string(),
    result: z
      .strictObject({chiSquare: z.number(), degreesOfFreedom: countSchema, pValue: z.number()})
      .nullable(),
  }),
  leakage: keyLeakageSchema,
  profile: profileSchema,
  drift: driftSchema,
  warnings: z
    .array(warningSchema)
    .readonly()
    .describe('What somebody should look at; none of it ended the run.'),
});

/** The JSON Schema of a manifest, as docs/reference/manifest.schema.json publishes it. */
export function manifestJsonSchema() {
  return z.toJSONSchema(
    manifestSchema.meta({
      title: 'Manifest of a split',
      description: 'What a split was made from and what came of it. Written after all other objects.',
    }),
  );
}

export type Manifest = z.output<typeof manifestSchema>;

/** A written object and the checksums its writer computed. */
interface StoredStream {
  readonly object: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly crc32c: string;
}

export interface SplitRecord {
  readonly input: Manifest['input'];
  readonly staged: Manifest['staged'];
  readonly definitionDigest: string;
  readonly definition: SplitDefinition;
  readonly stored: Readonly<Record<Stream, StoredStream>>;
  readonly statistics: SplitStatistics;
  readonly records: RecordSample;
  readonly sample: Sample;
  readonly drift: Drift;
}

/** The manifest of a finished split: the same split gives the same manifest. */
export function manifestOf(record: SplitRecord): Manifest {
  const {input, staged, definitionDigest, definition, stored, statistics, records, sample, drift} = record;
  const {parts, rejects} = statistics;
  const labelTest = testLabels(statistics);
  const leakage = checkKeys(records, definition, statistics);
  return {
    schemaVersion: 1,
    input,
    ...(staged && {staged}),
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
    leakage,
    profile: sample.profile,
    drift,
    warnings: warningsOf({definition, statistics, labelTest, leakage, sample, drift}),
  };
}
