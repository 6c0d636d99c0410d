import {z} from 'zod';

const countSchema = z.int().nonnegative();
const metricsSchema = z.record(z.string(), z.number());

/** On how many test rows which of the two models was right. */
const pairedSchema = z.object({
  both_right: countSchema,
  only_challenger: countSchema,
  only_champion: countSchema,
  both_wrong: countSchema,
});

/** The test rows with one value in a column: how many, and how many of them each model got right. */
const sliceSchema = z.object({
  column: z.string().min(1),
  value: z.string(),
  rows: z.int().positive(),
  challenger: countSchema,
  champion: countSchema,
});

/** `evaluation.json`, written by the trainer beside the model: challenger and champion scored on the same test rows. */
export const evaluationSchema = z
  .object({
    rows: z.int().positive(),
    metrics: metricsSchema,
    champion: z.object({metrics: metricsSchema}).nullish(),
    champion_error: z.string().optional(),
    paired: pairedSchema.nullish(),
    /** Per metric, challenger minus champion on test rows drawn again with replacement, the same rows for both. */
    resamples: z.record(z.string(), z.array(z.number()).min(200).max(10_000)).nullish(),
    slices: z.array(sliceSchema).max(200).nullish(),
    model: z.object({
      file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      bytes: z.int(),
    }),
  })
  .superRefine(({rows, metrics, paired, slices}, context) => {
    const complain = (path: string, message: string) =>
      context.addIssue({code: 'custom', path: [path], message});
    if (paired)
      for (const message of contradictions(paired, rows, metrics.accuracy)) complain('paired', message);
    const odd = slices?.find(
      (slice) => Math.max(slice.challenger, slice.champion, slice.rows) > Math.min(slice.rows, rows),
    );
    if (odd) complain('slices', `more rows of ${odd.column} "${odd.value}" than there are`);
  });

export type Evaluation = z.output<typeof evaluationSchema>;

/** Rounding of a share of up to a billion rows. */
const SAME = 1e-9;

function contradictions(
  paired: z.output<typeof pairedSchema>,
  rows: number,
  accuracy: number | undefined,
): string[] {
  const total = paired.both_right + paired.only_challenger + paired.only_champion + paired.both_wrong;
  if (total !== rows) return [`counts ${total} rows, rows says ${rows}`];
  const share = (paired.both_right + paired.only_challenger) / rows;
  if (accuracy === undefined || Math.abs(accuracy - share) < SAME) return [];
  return [`says that the challenger was right on ${share} of the rows, its accuracy is ${accuracy}`];
}
