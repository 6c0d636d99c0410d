import {pipeline as pipe, Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {pipeline} from 'node:stream/promises';
import {createGunzip} from 'node:zlib';
import type {FileMetadata, Storage} from '@google-cloud/storage';
import {crc32c} from '@node-rs/crc32';
import {PermanentError} from '../errors.ts';
import type {ObjectInfo, Objects} from '../ports.ts';
import {once} from './once.ts';
import {call, must, serviceError, statusOf} from './service-error.ts';

const NOT_FOUND = 404;

/** Cloud Storage behind the {@link Objects} port. */
export function objectsGateway(project: string): Objects {
  const storage = once(async () => new (await import('@google-cloud/storage')).Storage({projectId: project}));

  async function find(bucket: string, name: string, generation?: string): Promise<ObjectInfo | undefined> {
    const file = (await storage()).bucket(bucket).file(name, generation === undefined ? {} : {generation});
    const found = await call(`reading metadata of ${uri(bucket, name)}`, () => file.getMetadata(), [
      NOT_FOUND,
    ]);
    return found && infoOf(bucket, name, found[0]);
  }

  async function read(object: ObjectInfo): Promise<Readable> {
    const file = (await storage()).bucket(object.bucket).file(object.name, {generation: object.generation});
    return gunzipByContent(file.createReadStream({decompress: false}), object);
  }

  return {
    find,
    read,
    async readText(object) {
      return text(await read(object));
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
  let sum = 0;
  for await (const chunk of typeof body === 'string' ? [Buffer.from(body)] : body) sum = crc32c(chunk, sum);
  const encoded = Buffer.alloc(4);
  encoded.writeUInt32BE(sum >>> 0);
  if (encoded.toString('base64') === existing.crc32c) return existing;
  throw new PermanentError('INTEGRITY', 'an object of this name with other content is already there', {
    where: uri(existing.bucket, existing.name),
    hint: 'Nothing but Millrace may write here; delete the object and rerun.',
  });
}

/** Streams an object's bytes, through gunzip when they begin with the gzip magic, whatever the name says. */
async function gunzipByContent(source: Readable, object: ObjectInfo): Promise<Readable> {
  const chunks = source[Symbol.asyncIterator]();
  const first = await firstChunk(chunks, object);
  const whole = Readable.from(rejoin(first, chunks, object), {objectMode: false});
  if (first === undefined || first[0] !== 0x1f || first[1] !== 0x8b) return whole;
  return pipe(whole, createGunzip(), () => {});
}

async function firstChunk(chunks: AsyncIterator<Buffer>, object: ObjectInfo): Promise<Buffer | undefined> {
  try {
    const {value, done} = await chunks.next();
    return done ? undefined : value;
  } catch (error) {
    throw readError(error, object);
  }
}

async function* rejoin(first: Buffer | undefined, rest: AsyncIterator<Buffer>, object: ObjectInfo) {
  if (first !== undefined) yield first;
  try {
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } catch (error) {
    throw readError(error, object);
  }
}

function readError(error: unknown, object: ObjectInfo): Error {
  if (statusOf(error) !== NOT_FOUND) return serviceError(error, `reading ${uri(object.bucket, object.name)}`);
  return new PermanentError('INPUT_GONE', 'the object was deleted or replaced before it was read', {
    where: `${uri(object.bucket, object.name)}#${object.generation}`,
    hint: 'Drop the file again; a replaced one has started a run of its own.',
  });
}

function infoOf(bucket: string, name: string, metadata: FileMetadata): ObjectInfo {
  return {
    bucket,
    name,
    generation: String(metadata.generation),
    sizeBytes: Number(metadata.size),
    crc32c: metadata.crc32c ?? '',
  };
}

function uri(bucket: string, name: string): string {
  return `gs://${bucket}/${name}`;
}
