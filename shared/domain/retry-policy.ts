import {z} from 'zod';

const durationSchema = z.string().regex(/^[1-9]\d{0,5}[smh]$/, 'a duration such as 60s, 5m or 1h');

/** When a stage that failed for a passing reason is tried again. */
export const retrySchema = z
  .strictObject({
    /** Of one stage; what the run has done before does not count. */
    maxAttempts: z.int().min(1).max(20).default(8),
    initialDelay: durationSchema.default('60s'),
    multiplier: z.number().min(1).max(10).default(2),
    maxDelay: durationSchema.default('1h'),
  })
  .prefault({});

export type RetryPolicy = z.output<typeof retrySchema>;

/**
 * The pause after a number of failed attempts, without any spread.
 * @returns seconds
 */
export function pauseSeconds({initialDelay, multiplier, maxDelay}: RetryPolicy, failures: number): number {
  return Math.min(secondsOf(initialDelay) * multiplier ** (failures - 1), secondsOf(maxDelay));
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {s: 1, m: 60, h: 3600};

function secondsOf(duration: string): number {
  return Number.parseInt(duration, 10) * (UNIT_SECONDS[duration.at(-1) ?? ''] ?? 1);
}
