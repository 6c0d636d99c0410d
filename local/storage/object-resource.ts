import type {storage_v1} from 'googleapis/build/src/apis/storage/v1.js';
import {z} from 'zod';
import type {Content} from './content.ts';
import {etagOf} from './etag.ts';
import {mergePatch} from './merge-patch.ts';
import {ignored, maybeText, type SchemasOf} from './parse.ts';

const writable = {
  cacheControl: maybeText,
  contentDisposition: maybeText,
  contentEncoding: maybeText,
  contentLanguage: maybeText,
  contentType: maybeText,
  customTime: maybeText,
  metadata: z.record(z.string(), z.string().nullable()).nullable().exactOptional(),
  storageClass: maybeText,
} satisfies SchemasOf<storage_v1.Schema$Object>;

const outputOnly = {
  acl: ignored,
  bucket: ignored,
  componentCount: ignored,
  crc32c: ignored,
  etag: ignored,
  generation: ignored,
  id: ignored,
  kind: ignored,
  md5Hash: ignored,
  mediaLink: ignored,
  metageneration: ignored,
  name: ignored,
  owner: ignored,
  selfLink: ignored,
  size: ignored,
  timeCreated: ignored,
  timeDeleted: ignored,
  timeFinalized: ignored,
  timeStorageClassUpdated: ignored,
  updated: ignored,
} satisfies SchemasOf<storage_v1.Schema$Object>;

const inserted = {
  ...writable,
  name: z.string().optional(),
  crc32c: z.string().optional(),
  md5Hash: z.string().optional(),
};

/** The body of a patch, rewrite or composition: only what a caller may change comes through. */
export const objectFields = z.strictObject({...outputOnly, ...writable}).pipe(z.object(writable));
/** The metadata of an upload: besides, the object's name and the sums its bytes must have. */
export const objectInsert = z.strictObject({...outputOnly, ...inserted}).pipe(z.object(inserted));

export type ObjectFields = z.output<typeof objectFields>;

/** Which object, in the resource's words. */
export interface ObjectId {
  readonly bucket: string;
  readonly name: string;
}

/** An object as it is kept: its resource without the links, which depend on where the server listens. */
export interface StoredObject extends storage_v1.Schema$Object {
  readonly bucket: string;
  readonly name: string;
  readonly generation: string;
  readonly metageneration: string;
  readonly size: string;
  readonly crc32c: string;
  readonly md5Hash?: string;
  readonly updated: string;
}

/** The resource of a new object. */
export function newObject(
  {bucket, name}: ObjectId,
  generation: string,
  content: Content,
  fields: ObjectFields,
): StoredObject {
  const now = new Date().toISOString();
  const object: StoredObject = {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    bucket,
    name,
    generation,
    metageneration: '1',
    contentType: 'application/octet-stream',
    storageClass: 'STANDARD',
    size: String(content.sizeBytes),
    crc32c: content.crc32c,
    ...(content.md5Hash !== undefined && {md5Hash: content.md5Hash}),
    ...(content.componentCount !== undefined && {componentCount: content.componentCount}),
    etag: etagOf(generation, '1'),
    timeCreated: now,
    updated: now,
    timeStorageClassUpdated: now,
    timeFinalized: now,
  };
  return mergePatch(object, fields);
}

/** The same object under its next metageneration. */
export function patchedObject(object: StoredObject, fields: ObjectFields): StoredObject {
  const metageneration = String(Number(object.metageneration) + 1);
  return {
    ...mergePatch(object, fields),
    metageneration,
    etag: etagOf(object.generation, metageneration),
    updated: new Date().toISOString(),
  };
}

/** The writable fields of an object, to give to a copy. */
export function fieldsOf(object: StoredObject): ObjectFields {
  return z.object(writable).parse(object);
}
