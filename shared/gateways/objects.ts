import {createHash} from 'node:crypto';
import {Readable} from 'node:stream';
import {buffer, text} from 'node:stream/consumers';
import {pipeline} from 'node:stream/promises';
import type {File, FileMetadata, Storage} from '@google-cloud/storage';
import {PermanentError, RetryableError} from '../errors.ts';
import type {ObjectInfo, Objects} from '../object-ports.ts';
import {Crc32c} from './crc32c.ts';
import {gunzipByContent} from './gunzip-by-content.ts';
import {once} from './once.ts';
import {readPinned} from './read-pinned.ts';
import {call, must, statusOf} from './service-error.ts';

const BAD_REQUEST = 400;
const NOT_FOUND = 404;
const PRECONDITION_FAILED = 412;

/** Cloud Storage behind the {@link Objects} port. */
export function objectsGateway(project: string): Objects {
  const storage = once(async () => {
    const {Storage} = await import('@google-cloud/storage');
    return new Storage({projectId: project, crc32cGenerator: () => new Crc32c()});
  });

  async function find(bucket: string, name: string, generation?: string): Promise<ObjectInfo | undefined> {
    const file = (await storage()).bucket(bucket).file(name, generation === undefined ? {} : {generation});
    const found = await call(`reading metadata of ${uri(bucket, name)}`, () => metadataOf(file), [NOT_FOUND]);
    return found && infoOf(bucket, name, found);
  }

  async function readStored(object: ObjectInfo): Promise<AsyncGenerator<Buffer>> {
    const {bucket, name, generation} = object;
    const file = (await storage()).bucket(bucket).file(name, {generation});
    // The client would validate only what the response declares to be comparable; readPinned always does.
    return readPinned(file.createReadStream({decompress: false, validation: false}), object);
  }

  async function read(object: ObjectInfo): Promise<Readable> {
    const {bucket, name, generation} = object;
    return gunzipByContent(await readStored(object), `${uri(bucket, name)}#${generation}`);
  }

  return {
    find,
    read,
    async readText(object) {
      return text(await read(object));
    },
    async sha256(object) {
      const hash = createHash('sha256');
      for await (const chunk of await readStored(object)) hash.update(chunk);
      return hash.digest('hex');
    },
    async list(bucket, after, limit) {
      // The service begins at a name, not after it.
      const query = {maxResults: limit + 1, autoPaginate: false, ...(after ? {startOffset: after} : {})};
      const listing = (await storage()).bucket(bucket);
      const [files] = await must(`listing gs://${bucket}`, () => listing.getFiles(query));
      const found = files.map(({name, metadata}) => ({
        ...infoOf(bucket, name, metadata),
        createdAtMs: Date.parse(metadata.timeCreated ?? ''),
      }));
      return found.filter(({name}) => name !== after).slice(0, limit);
    },
    async readHead(object, bytes) {
      const {bucket, name, generation} = object;
      const file = (await storage()).bucket(bucket).file(name, {generation});
      const head = file.createReadStream({decompress: false, end: bytes - 1});
      return must(`reading the beginning of ${uri(bucket, name)}`, () => buffer(head));
    },
    async listUnder(bucket, prefix) {
      const [files] = await must(`listing ${uri(bucket, prefix)}`, async () =>
        (await storage()).bucket(bucket).getFiles({prefix}),
      );
      return files.map(({name, metadata}) => infoOf(bucket, name, metadata));
    },
    async copy(from, bucket, name) {
      const client = await storage();
      const source = client.bucket(from.bucket).file(from.name, {generation: from.generation});
      const target = client.bucket(bucket).file(name);
      const options = {preconditionOpts: {ifGenerationMatch: 0}};
      await call(`copying to ${uri(bucket, name)}`, () => source.copy(target, options), [
        PRECONDITION_FAILED,
      ]);
      const copied = await find(bucket, name);
      if (copied !== undefined) return copied;
      throw new RetryableError(`${uri(bucket, name)} was copied and is not there`);
    },
    async create(bucket, name, body) {
      const existing = await find(bucket, name);
      if (existing !== undefined) return sameAs(existing, body);
      return upload(await storage(), {bucket, name, body, createOnly: true});
    },
    async put(bucket, name, body) {
      return upload(await storage(), {bucket, name, body, createOnly: false});
    },
  };
}

interface Upload {
  readonly bucket: string;
  readonly name: string;
  readonly body: Readable | string;
  readonly createOnly: boolean;
}

async function upload(storage: Storage, {bucket, name, body, createOnly}: Upload): Promise<ObjectInfo> {
  const file = storage.bucket(bucket).file(name);
  return must(`writing ${uri(bucket, name)}`, async () => {
    const sink = file.createWriteStream({
      resumable: typeof body !== 'string',
      ...(createOnly ? {preconditionOpts: {ifGenerationMatch: 0}} : {}),
    });
    await pipeline(typeof body === 'string' ? Readable.from([Buffer.from(body)]) : body, sink);
    return infoOf(bucket, name, file.metadata);
  });
}

/** Reads a body that was to be written over an existing object, and insists on equal bytes. */
async function sameAs(existing: ObjectInfo, body: Readable | string): Promise<ObjectInfo> {
  const sum = new Crc32c();
  for await (const chunk of typeof body === 'string' ? [Buffer.from(body)] : body) sum.update(chunk);
  if (sum.validate(existing.crc32c)) return existing;
  throw new PermanentError('INTEGRITY', 'an object of this name with other content is already there', {
    where: uri(existing.bucket, existing.name),
    hint: 'Nothing but Millrace may write here; delete the object and rerun.',
  });
}

function infoOf(bucket: string, name: string, metadata: FileMetadata): ObjectInfo {
  return {
    bucket,
    name,
    generation: String(metadata.generation),
    sizeBytes: Number(metadata.size),
    crc32c: metadata.crc32c ?? '',
    ...obstacleOf(metadata),
  };
}

/** https://cloud.google.com/storage/docs/json_api/v1/objects: an object with a key of the customer's tells its `customerEncryption`. */
function obstacleOf({customerEncryption, storageClass}: FileMetadata): Pick<ObjectInfo, 'obstacle'> {
  if (customerEncryption !== undefined) return {obstacle: 'customer-key'};
  return storageClass === 'ARCHIVE' ? {obstacle: 'archive-class'} : {};
}

/** @throws PermanentError INPUT_CLASS, when nobody is named who pays: https://cloud.google.com/storage/docs/requester-pays */
async function metadataOf(file: File): Promise<FileMetadata> {
  try {
    const [metadata] = await file.getMetadata();
    return metadata;
  } catch (error) {
    if (statusOf(error) !== BAD_REQUEST || !String(error).includes('requester pays')) throw error;
    throw new PermanentError('INPUT_CLASS', 'The bucket makes those who read it pay.', {
      where: `gs://${file.bucket.name}`,
      hint: 'Turn that off with gcloud storage buckets update --no-requester-pays, and drop the file again.',
      cause: error,
    });
  }
}

function uri(bucket: string, name: string): string {
  return `gs://${bucket}/${name}`;
}
