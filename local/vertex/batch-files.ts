import {ApiError} from '../api-error.ts';
import type {StorageFiles} from '../storage-files.ts';

/** The lines of JSON Lines objects, one after the other. @throws ApiError NOT_FOUND, INVALID_ARGUMENT */
export async function readInstances(uris: readonly string[], files: StorageFiles): Promise<unknown[]> {
  const instances: unknown[] = [];
  for (const uri of uris) {
    const {bucket, name} = partsOf(uri);
    const bytes = await files.read(bucket, name);
    if (bytes === undefined) throw new ApiError('NOT_FOUND', `${uri} is not found.`);
    const lines = bytes.toString('utf8').split('\n');
    instances.push(...lines.filter((line) => line.trim() !== '').map((line) => instanceOf(line, uri)));
  }
  return instances;
}

function instanceOf(line: string, uri: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ApiError('INVALID_ARGUMENT', `${uri} has a line that is not JSON.`);
  }
}

/** @throws ApiError NOT_FOUND when there is no such bucket */
export async function writeLines(uri: string, lines: readonly string[], files: StorageFiles): Promise<void> {
  const {bucket, name} = partsOf(uri);
  if ((await files.locationOf(bucket)) === undefined)
    throw new ApiError('NOT_FOUND', `Bucket ${bucket} is not found.`);
  await files.write(bucket, name, lines.map((line) => `${line}\n`).join(''));
}

function partsOf(uri: string): {bucket: string; name: string} {
  const [bucket = '', ...rest] = uri.slice('gs://'.length).split('/');
  return {bucket, name: rest.join('/')};
}
