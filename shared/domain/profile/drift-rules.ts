import {z} from 'zod';

const reactionSchema = z.enum(['warn', 'fail', 'ignore']).default('warn');

/** The `data.drift` key of pipeline.yaml: what to make of data that are not what they were in the run before. */
export const driftRulesSchema = z.strictObject({
  /** When columns were added, are missing, or are of another type. */
  columns: reactionSchema,
  /** When the values of a column have shifted. */
  psi: reactionSchema,
  /** The population stability index above which a column has shifted. */
  limit: z.number().positive().default(0.25),
});

export type DriftRules = z.output<typeof driftRulesSchema>;
