import {z} from 'zod';
import {driftRulesSchema} from '../profile/drift-rules.ts';
import {malformedLimitSchema} from './malformed-limit.ts';

/** The parts of a split dataset, in the order they are reported. */
export const PARTS = ['training', 'validation', 'test'] as const;

export type Part = (typeof PARTS)[number];

const bucketRangeSchema = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,3}(-\d{1,3})?$/)]).meta({
  description: 'A bucket such as 8, or a range of buckets such as 0-7 with both ends included.',
});

const bucketListSchema = z.array(bucketRangeSchema).min(1);

type BucketRange = z.output<typeof bucketRangeSchema>;

/** The `data` key of pipeline.yaml. */
export const dataSchema = z.strictObject({
  format: z.enum(['csv', 'jsonl']).default('csv'),
  /** Column of the label; in JSON Lines a path such as `outcome.class`. */
  label: z.string().min(1),
  /** One ASCII character other than the quote; only CSV has one. */
  delimiter: z
    .string()
    .regex(/^[\t !#-~]$/, 'must be one ASCII character other than the quote')
    .default(','),
  /** Rows that cannot be read go to the rejects; more of them than the limit end the run. */
  malformed: z.strictObject({limit: malformedLimitSchema.default('1%')}).prefault({}),
  drift: driftRulesSchema.prefault({}),
});

/** The `split` key of pipeline.yaml: every bucket belongs to exactly one part. */
export const splitSchema = z
  .strictObject({
    /** `row`, or the columns (paths in JSON Lines) whose values keep rows together: equal values go to the same part. */
    key: z.union([z.literal('row'), z.array(z.string().min(1)).min(1)]).default('row'),
    /** Put before every key; another salt is another split of the same data. */
    salt: z.string().default(''),
    buckets: z.int().min(PARTS.length).max(1000).default(10),
    training: bucketListSchema.default(['0-7']),
    validation: bucketListSchema.default([8]),
    test: bucketListSchema.default([9]),
  })
  .superRefine((split, context) => {
    for (const {part, message} of complaintsAbout(split)) {
      context.addIssue({code: 'custom', path: part === undefined ? [] : [part], message});
    }
  });

export type DataDefinition = z.output<typeof dataSchema>;
export type SplitRules = z.output<typeof splitSchema>;

/** All that decides where a record goes and what is counted. */
export interface SplitDefinition {
  readonly data: DataDefinition;
  readonly split: SplitRules;
}

/** The part of every bucket, by the bucket's number. */
export function partOfBucket(split: SplitRules): readonly Part[] {
  return claimsOn(split).flatMap(([part]) => part ?? []);
}

/** The buckets of one part, lowest first. */
export function bucketsOf(part: Part, split: SplitRules): readonly number[] {
  return split[part].flatMap(bucketsIn).toSorted((a, b) => a - b);
}

type BucketsOfParts = Pick<SplitRules, Part | 'buckets'>;

interface BucketComplaint {
  readonly part?: Part;
  readonly message: string;
}

function complaintsAbout(split: BucketsOfParts): readonly BucketComplaint[] {
  const outside = PARTS.flatMap((part) =>
    split[part].flatMap((range) => rangeComplaint(part, range, split.buckets)),
  );
  if (outside.length > 0) return outside;
  const twice = doubleClaim(split);
  if (twice !== undefined) return [twice];
  return claimsOn(split).flatMap((parts, bucket) =>
    parts.length === 0 ? [{message: `bucket ${bucket} is in no part`}] : [],
  );
}

/** The first bucket that is listed twice: of lists that claim each bucket a thousand times no more is looked at. */
function doubleClaim(split: BucketsOfParts): BucketComplaint | undefined {
  const claimed = new Map<number, Part>();
  for (const {bucket, part} of claimsIn(split)) {
    const first = claimed.get(bucket);
    if (first === part) return {message: `bucket ${bucket} is in ${first} twice`};
    if (first !== undefined) return {message: `bucket ${bucket} is in ${first} and ${part}`};
    claimed.set(bucket, part);
  }
  return undefined;
}

function rangeComplaint(part: Part, range: BucketRange, buckets: number): BucketComplaint[] {
  const [first, last] = endsOf(range);
  if (first > last) return [{part, message: `range ${range} runs backwards: write ${last}-${first}`}];
  if (last < buckets) return [];
  return [
    {
      part,
      message: `bucket ${last} does not exist: split.buckets is ${buckets}, so the last one is ${buckets - 1}`,
    },
  ];
}

/** For each bucket the parts that list it. */
function claimsOn(split: BucketsOfParts): readonly (readonly Part[])[] {
  const byBucket = Map.groupBy(claimsIn(split), ({bucket}) => bucket);
  return Array.from({length: split.buckets}, (_, bucket) =>
    (byBucket.get(bucket) ?? []).map(({part}) => part),
  );
}

function* claimsIn(split: BucketsOfParts): Generator<{readonly bucket: number; readonly part: Part}> {
  for (const part of PARTS) {
    for (const range of split[part]) {
      for (const bucket of bucketsIn(range)) yield {bucket, part};
    }
  }
}

function bucketsIn(range: BucketRange): readonly number[] {
  const [first, last] = endsOf(range);
  return Array.from({length: last - first + 1}, (_, index) => first + index);
}

function endsOf(range: BucketRange): readonly [number, number] {
  const [first = '', last = first] = String(range).split('-');
  return [Number(first), Number(last)];
}
