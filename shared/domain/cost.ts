import {z} from 'zod';

/** The stages that are paid by the hour and end. */
export const PAID_STAGES = ['tuning', 'training'] as const;

export type PaidStage = (typeof PAID_STAGES)[number];

const expectedSchema = z.object({
  /** What is paid: a machine type, or Cloud Build. */
  what: z.string(),
  /** US dollars for an hour of one; absent when no price is known. */
  hourly: z.number().optional(),
  /** US dollars; absent when no price is known, or nothing ends it. */
  atMost: z.number().optional(),
});

/** What a run will have to pay, as far as its definition and a price table tell. */
export const estimateSchema = z.object({
  /** The day of the price table. */
  prices: z.string(),
  build: expectedSchema.optional(),
  tuning: expectedSchema.optional(),
  training: expectedSchema.optional(),
  /** As long as it answers. */
  serving: expectedSchema.optional(),
});

const spentSchema = z.object({
  /** Of one machine. */
  hours: z.number(),
  /** At the price of the estimate; absent when that is not known. */
  dollars: z.number().optional(),
});

/** What the ended jobs of a run have used. */
export const costSchema = z.object({tuning: spentSchema.optional(), training: spentSchema.optional()});

export type Expected = z.output<typeof expectedSchema>;
export type Estimate = z.output<typeof estimateSchema>;
export type Cost = z.output<typeof costSchema>;

interface Accounts {
  readonly estimate?: Estimate | undefined;
  readonly cost?: Cost | undefined;
}

/** The cost of a run with another job that has ended. */
export function costWith({estimate, cost}: Accounts, stage: PaidStage, hours: number): Cost {
  const hourly = estimate?.[stage]?.hourly;
  return {...cost, [stage]: {hours, ...(hourly !== undefined && {dollars: hours * hourly})}};
}

/** US dollars for all that was paid; undefined when nothing was, or the price of something is not known. */
export function dollarsOf(cost: Cost | undefined): number | undefined {
  const spent = PAID_STAGES.flatMap((stage) => cost?.[stage] ?? []);
  if (spent.length === 0) return undefined;
  let sum = 0;
  for (const {dollars} of spent) {
    if (dollars === undefined) return undefined;
    sum += dollars;
  }
  return sum;
}
