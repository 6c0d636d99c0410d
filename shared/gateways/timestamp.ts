import {z} from 'zod';

/** An instant as Firestore hands it over; kept whole, because its methods need the object they belong to. */
export const timestampSchema = z.custom<{toDate(): Date; toMillis(): number}>(
  (value) => typeof value === 'object' && value !== null && 'toDate' in value && 'toMillis' in value,
  {message: 'not a timestamp'},
);
