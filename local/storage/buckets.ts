import type {storage_v1} from 'googleapis/build/src/apis/storage/v1.js';
import {z} from 'zod';
import type {Collection, State} from '../state.ts';
import {conflict, notFound} from './errors.ts';
import {etagOf} from './etag.ts';
import {mergePatch} from './merge-patch.ts';
import {demandBucketName} from './names.ts';
import {ignored, maybeText, type SchemasOf} from './parse.ts';
import {demandForChange, demandForRead, type Preconditions} from './preconditions.ts';

const settings = z.record(z.string(), z.unknown()).nullable().exactOptional();

const writable = {
  autoclass: settings,
  billing: settings,
  cors: z.array(z.record(z.string(), z.unknown())).nullable().exactOptional(),
  iamConfiguration: settings,
  labels: z.record(z.string(), z.string().nullable()).nullable().exactOptional(),
  lifecycle: settings,
  logging: settings,
  rpo: maybeText,
  softDeletePolicy: settings,
  storageClass: maybeText,
  versioning: z
    .strictObject({enabled: z.literal(false, 'object versioning is not offered')})
    .nullable()
    .exactOptional(),
  website: settings,
} satisfies SchemasOf<storage_v1.Schema$Bucket>;

const outputOnly = {
  acl: ignored,
  defaultObjectAcl: ignored,
  etag: ignored,
  generation: ignored,
  id: ignored,
  kind: ignored,
  location: ignored,
  locationType: ignored,
  metageneration: ignored,
  name: ignored,
  owner: ignored,
  projectNumber: ignored,
  selfLink: ignored,
  timeCreated: ignored,
  updated: ignored,
} satisfies SchemasOf<storage_v1.Schema$Bucket>;

const inserted = {...writable, name: z.string(), location: z.string().exactOptional()};

/** The body of a bucket's patch: only what a caller may change comes through. */
export const bucketFields = z.strictObject({...outputOnly, ...writable}).pipe(z.object(writable));
/** The body of a bucket's creation. */
export const bucketInsert = z.strictObject({...outputOnly, ...inserted}).pipe(z.object(inserted));

/** A bucket as it is kept: its resource without the link, which depends on where the server listens. */
export interface StoredBucket extends storage_v1.Schema$Bucket {
  readonly name: string;
  readonly location: string;
  readonly metageneration: string;
}

interface BucketOfProject {
  readonly project: string;
  readonly bucket: StoredBucket;
}

/** The buckets of every project. All methods throw ApiError 404 for one that is not there. */
export class Buckets {
  readonly #buckets: Collection<BucketOfProject>;
  readonly #projectNumber: string;

  constructor(state: State, projectNumber: string) {
    this.#buckets = state.collection('storage.buckets');
    this.#projectNumber = projectNumber;
  }

  /** @throws ApiError 409 for a taken name, 400 for a bad one. */
  create(project: string, {location = 'US', ...fields}: z.output<typeof bucketInsert>): StoredBucket {
    demandBucketName(fields.name);
    if (this.#buckets.has(fields.name)) {
      throw conflict('Your previous request to create the named bucket succeeded and you already own it.');
    }
    const now = new Date().toISOString();
    const blank: StoredBucket = {
      kind: 'storage#bucket',
      id: fields.name,
      name: fields.name,
      projectNumber: this.#projectNumber,
      metageneration: '1',
      location: location.toUpperCase(),
      locationType: 'region',
      storageClass: 'STANDARD',
      etag: etagOf('1'),
      timeCreated: now,
      updated: now,
    };
    const bucket = mergePatch(blank, fields);
    this.#buckets.set(bucket.name, {project, bucket});
    return bucket;
  }

  find(name: string): StoredBucket {
    return this.#find(name).bucket;
  }

  /** @throws ApiError 412 or 304 as `conditions` demand. */
  read(name: string, conditions: Preconditions): StoredBucket {
    const bucket = this.find(name);
    demandForRead(conditions, bucket);
    return bucket;
  }

  /** The buckets of a project, given by id or number, in order of their names. */
  list(project: string): StoredBucket[] {
    return [...this.#buckets.values()]
      .filter((entry) => entry.project === project || project === this.#projectNumber)
      .map(({bucket}) => bucket)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws ApiError 412 as `conditions` demand. */
  patch(name: string, fields: z.output<typeof bucketFields>, conditions: Preconditions): StoredBucket {
    const {project, bucket} = this.#find(name);
    demandForChange(conditions, bucket);
    const metageneration = String(Number(bucket.metageneration) + 1);
    const patched = {
      ...mergePatch(bucket, fields),
      metageneration,
      etag: etagOf(metageneration),
      updated: new Date().toISOString(),
    };
    this.#buckets.set(name, {project, bucket: patched});
    return patched;
  }

  delete(name: string): void {
    this.#buckets.delete(name);
  }

  #find(name: string): BucketOfProject {
    const found = this.#buckets.get(name);
    if (found === undefined) throw notFound('The specified bucket does not exist.');
    return found;
  }
}
