import {PermanentError} from '../errors.ts';
import {classifyObject} from './object-name.ts';
import {parseGcsUri} from './run-folder.ts';
import {visible} from './split/excerpt.ts';

interface Buckets {
  readonly data: string;
  readonly runs: string;
  readonly admission: string;
}

/**
 * The object that a batch prediction is asked for: predictions are written beside it, so not every place will do.
 * @throws PermanentError BATCH_PLACE or BUCKET_NOT_ALLOWED
 */
export function batchInputOf(
  uri: string,
  pipeline: string,
  buckets: Buckets,
): {readonly bucket: string; readonly name: string} {
  const where = visible(uri);
  const hint = `Copy the rows there: gcloud storage cp FILE gs://${buckets.data}/${pipeline}/batch/`;
  const place = parseGcsUri(uri);
  if (place === undefined)
    throw new PermanentError('BATCH_PLACE', 'This is not an object of a bucket.', {where, hint});
  if (place.bucket === buckets.runs || place.bucket === buckets.admission) {
    const message = 'Nothing but the stages of a run may write to this bucket.';
    throw new PermanentError('BUCKET_NOT_ALLOWED', message, {where, hint});
  }
  if (place.bucket === buckets.data && classifyObject(place.name).kind !== 'batch') {
    const message = 'Predictions beside this object would be taken for data, or for a mistake.';
    throw new PermanentError('BATCH_PLACE', message, {where, hint});
  }
  return place;
}
