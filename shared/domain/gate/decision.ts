import {z} from 'zod';

/** Why the gate let a model in or kept it out. */
const REASONS = [
  'first-version',
  'champion-unscored',
  'better',
  'approved',
  'rolled-back',
  'answers-already',
  'older-data',
  'below-minimum',
  'metric-missing',
  'gain-too-small',
  'not-tested',
  'not-significant',
  'slice-missing',
  'slice-worse',
] as const;

export type Reason = (typeof REASONS)[number];

const RELEASING: readonly Reason[] = [
  'first-version',
  'champion-unscored',
  'better',
  'approved',
  'rolled-back',
];

const testSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('mcnemar'),
    onlyChallenger: z.int(),
    onlyChampion: z.int(),
    p: z.number(),
    /** A p below this passes. */
    below: z.number(),
  }),
  z.object({kind: z.literal('bootstrap'), resamples: z.int(), p: z.number(), below: z.number()}),
]);

const sliceSchema = z.object({
  column: z.string(),
  value: z.string(),
  rows: z.int(),
  /** Share of the rows that each model got right. */
  challenger: z.number(),
  champion: z.number(),
});

/** What a challenger was measured by; what was not looked at is absent. */
const numbersSchema = z.object({
  rows: z.int(),
  metric: z.string(),
  challenger: z.number().optional(),
  minimum: z.array(z.object({metric: z.string(), least: z.number(), found: z.number().optional()})),
  champion: z
    .object({
      version: z.string(),
      value: z.number().optional(),
      /** Why it has no value. */
      unscored: z.string().optional(),
    })
    .optional(),
  /** Above 0 when the challenger is better, whichever way the goal goes. */
  gain: z.object({found: z.number(), needed: z.number()}).optional(),
  test: testSchema.optional(),
  slices: z
    .object({tolerance: z.number(), missing: z.array(z.string()), found: z.array(sliceSchema)})
    .optional(),
});

export type Numbers = z.output<typeof numbersSchema>;
export type Slice = z.output<typeof sliceSchema>;
export type Test = z.output<typeof testSchema>;

/** The record of a decision, kept on the run. */
export const decisionSchema = z.object({
  released: z.boolean(),
  reason: z.enum(REASONS),
  /** Absent when the order of the data alone decided. */
  numbers: numbersSchema.optional(),
});

type Decision = z.output<typeof decisionSchema>;

export interface GateDecision extends Decision {
  /** What a person would write about it, with every number that counted. */
  readonly sentence: string;
}

export function releases(reason: Reason): boolean {
  return RELEASING.includes(reason);
}
