import {z} from 'zod';

const hourly = z.record(z.string(), z.number().positive());

/** A price table: US dollars, on a day, as a page tells them. */
export const pricesSchema = z.strictObject({
  date: z.iso.date(),
  source: z.url(),
  regions: z.record(
    z.string(),
    z.strictObject({
      /** A minute of Cloud Build. */
      buildMinute: z.number().positive(),
      /** An hour of one machine in a tuning or training job, by machine type. */
      training: hourly,
      /** An hour of one machine that serves, by machine type. */
      serving: hourly,
    }),
  ),
});

export type Prices = z.output<typeof pricesSchema>;
