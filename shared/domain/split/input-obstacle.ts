import {PermanentError} from '../../errors.ts';

/** Why an object is not read although it is there. */
export type InputObstacle = 'customer-key' | 'archive-class';

/**
 * Refuses by the metadata alone, before a byte is downloaded.
 * @throws PermanentError INPUT_ENCRYPTED or INPUT_CLASS
 */
export function assertNoObstacle(obstacle: InputObstacle | undefined, where: string): void {
  if (obstacle === 'customer-key') {
    throw new PermanentError(
      'INPUT_ENCRYPTED',
      'The object is encrypted with a key that Cloud Storage does not keep.',
      {
        where,
        hint: 'Upload it without a key of your own; a bucket can be encrypted with a key of Cloud KMS instead.',
      },
    );
  }
  if (obstacle === 'archive-class') {
    throw new PermanentError(
      'INPUT_CLASS',
      'The object is of the storage class ARCHIVE, of which every read is paid for.',
      {
        where,
        hint: 'Copy it with the class STANDARD, for example by gcloud storage objects update --storage-class=STANDARD, which starts a run.',
      },
    );
  }
}
