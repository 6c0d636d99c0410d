import type {Run} from './run.ts';

/** Everything a run writes lies under this folder of the runs bucket. */
export function runFolder({pipeline, id}: Pick<Run, 'pipeline' | 'id'>): string {
  return `${pipeline}/${id}`;
}

/** Splits `gs://bucket/name`; undefined for anything else. */
export function parseGcsUri(uri: string): {bucket: string; name: string} | undefined {
  const [, bucket, name] = /^gs:\/\/([a-z0-9][a-z0-9._-]{1,61}[a-z0-9])\/(.+)$/s.exec(uri) ?? [];
  return bucket === undefined || name === undefined ? undefined : {bucket, name};
}
