import type {FastifyRequest} from 'fastify';
import type {storage_v1} from 'googleapis/build/src/apis/storage/v1.js';
import type {StoredBucket} from './buckets.ts';
import type {StoredObject} from './object-resource.ts';

/** Where the caller reached this server, e.g. `http://127.0.0.1:9199`. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}

/** The object resource as an answer carries it. */
export function withObjectLinks(object: StoredObject, origin: string): storage_v1.Schema$Object {
  const path = `storage/v1/b/${object.bucket}/o/${encodeURIComponent(object.name)}`;
  return {
    ...object,
    selfLink: `${origin}/${path}`,
    mediaLink: `${origin}/download/${path}?generation=${object.generation}&alt=media`,
  };
}

/** The bucket resource as an answer carries it. */
export function withBucketLink(bucket: StoredBucket, origin: string): storage_v1.Schema$Bucket {
  return {...bucket, selfLink: `${origin}/storage/v1/b/${bucket.name}`};
}
