import {PermanentError} from '../../errors.ts';

const GIB = 1024 ** 3;

/** The largest object that a run reads, counted as it is stored. */
export const MAX_OBJECT_BYTES = 5 * GIB;

/**
 * Refuses by the metadata alone, before a byte is downloaded.
 * @throws PermanentError DATA_TOO_LARGE
 */
export function assertReadableSize(sizeBytes: number, where: string): void {
  if (sizeBytes <= MAX_OBJECT_BYTES) return;
  const message = `The object has ${(sizeBytes / GIB).toFixed(2)} GiB; at most ${MAX_OBJECT_BYTES / GIB} GiB are read.`;
  throw new PermanentError('DATA_TOO_LARGE', message, {
    where,
    hint: 'Compress it with gzip, or drop a sample of its rows.',
  });
}
