import {z} from 'zod';

/** The `gate` key of pipeline.yaml. */
export const gateSchema = z.strictObject({
  /** Least value per metric of the test part. */
  minimum: z.record(z.string(), z.number()).default({}),
  beatChampion: z
    .strictObject({
      /** How much the tuned metric must gain on the champion's. */
      by: z.number().default(0),
      /** How sure it must be that the challenger is better; 0 lets the numbers alone decide. */
      confidence: z.union([z.literal(0), z.number().min(0.5).max(0.999)]).default(0.95),
    })
    .prefault({}),
  /** Columns in none of whose values the challenger may get worse. */
  slices: z.array(z.string().min(1)).max(4).default([]),
  /** How much the share of right rows may fall in a slice. */
  sliceTolerance: z.number().min(0).max(1).default(0.05),
});

export type GateRules = z.output<typeof gateSchema> & {
  /** The metric that challenger and champion are compared by, and which way is better. */
  readonly metric: string;
  readonly goal: 'maximize' | 'minimize';
};
