import {PermanentError} from '../../errors.ts';

const GIB = 1024 ** 3;

/**
 * The largest object that a function splits by itself, counted as it is stored. It may inflate to 20 GiB, which at 100 MB/s, the
 * slower end of what an instance gets from Cloud Storage, takes 215 of the 540 seconds that an event has.
 */
export const MAX_INLINE_BYTES = 5 * GIB;

/** What BigQuery may hand back to be sealed, read and written once by a function: 387 of the 540 seconds at 100 MB/s. */
export const MAX_SEALED_BYTES = 36 * GIB;

/**
 * Refuses by the metadata alone, before a byte is downloaded.
 * @throws PermanentError DATA_TOO_LARGE
 */
export function assertSealableSize(sizeBytes: number, where: string): void {
  if (sizeBytes <= MAX_SEALED_BYTES) return;
  const message = `There are ${(sizeBytes / GIB).toFixed(2)} GiB; at most ${MAX_SEALED_BYTES / GIB} GiB are split.`;
  throw new PermanentError('DATA_TOO_LARGE', message, {
    where,
    hint: 'Drop a sample of the rows, or leave columns out.',
  });
}
