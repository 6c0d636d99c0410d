import {invalid} from './errors.ts';

const MAX_OBJECT_NAME_BYTES = 1024;
const BUCKET_NAME = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/;

/**
 * @throws ApiError 400 for a name Cloud Storage refuses.
 * @see https://cloud.google.com/storage/docs/objects#naming
 */
export function demandObjectName(name: string): void {
  const sizeBytes = Buffer.byteLength(name);
  if (sizeBytes === 0 || sizeBytes > MAX_OBJECT_NAME_BYTES) {
    throw invalid(`Object names have 1 to ${MAX_OBJECT_NAME_BYTES} bytes of UTF-8, this one ${sizeBytes}.`);
  }
  if (/[\r\n]/.test(name)) throw invalid('Object names have no carriage return or line feed.');
  if (name === '.' || name === '..') throw invalid(`Object names are not '${name}'.`);
  if (name.startsWith('.well-known/acme-challenge/')) throw invalid(`Disallowed object name '${name}'.`);
}

/**
 * @throws ApiError 400 for a name Cloud Storage refuses; names with dots up to 222 bytes are not offered.
 * @see https://cloud.google.com/storage/docs/buckets#naming
 */
export function demandBucketName(name: string): void {
  if (!BUCKET_NAME.test(name)) throw invalid(`Invalid bucket name: '${name}'`);
}
