import {createHash} from 'node:crypto';
import type {Readable} from 'node:stream';
import {crc32c} from '@node-rs/crc32';
import {PermanentError} from '../../shared/errors.ts';
import {gunzipByContent} from '../../shared/gateways/gunzip-by-content.ts';
import type {ObjectInfo, Objects} from '../../shared/object-ports.ts';
import type {World} from './memory-ports.ts';

/** Buckets that refuse what Cloud Storage refuses. */
export function memoryObjects(world: World): Objects {
  const {objects} = world;
  const keyOf = (bucket: string, name: string) => `${bucket}/${name}`;
  const store = (bucket: string, name: string, bytes: Buffer): ObjectInfo => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32c(bytes) >>> 0);
    const generations = [...objects.values()].map(({info}) => Number(info.generation));
    const generation = String(1 + Math.max(1_767_225_600_000_000, ...generations));
    const info = {bucket, name, generation, sizeBytes: bytes.length, crc32c: sum.toString('base64')};
    objects.set(keyOf(bucket, name), {info, bytes, createdAtMs: world.nowMs});
    return info;
  };
  const bytesAt = ({bucket, name, generation}: ObjectInfo) => {
    const found = objects.get(keyOf(bucket, name));
    if (found?.info.generation === generation) return found.bytes;
    throw new PermanentError('INPUT_GONE', `${name} is gone`);
  };
  const bytesOf = async (body: Readable | string) =>
    typeof body === 'string'
      ? Buffer.from(body)
      : Buffer.concat((await body.toArray()).map((chunk) => Buffer.from(chunk)));
  return {
    async find(bucket, name, generation) {
      const info = objects.get(keyOf(bucket, name))?.info;
      return generation === undefined || info?.generation === generation ? info : undefined;
    },
    read: async (object) =>
      gunzipByContent(piecesOf(bytesAt(object)), `gs://${object.bucket}/${object.name}`),
    readText: async (object) => bytesAt(object).toString('utf8'),
    readHead: async (object, bytes) => bytesAt(object).subarray(0, bytes),
    listUnder: async (bucket, prefix) =>
      [...objects.values()]
        .map(({info}) => info)
        .filter((info) => info.bucket === bucket && info.name.startsWith(prefix))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    async copy(from, bucket, name) {
      const bytes = bytesAt(from);
      world.beforeEffect(`copy ${name}`);
      return objects.get(keyOf(bucket, name))?.info ?? store(bucket, name, bytes);
    },
    sha256: async (object) => createHash('sha256').update(bytesAt(object)).digest('hex'),
    async create(bucket, name, body) {
      const bytes = await bytesOf(body);
      world.beforeEffect(`create ${name}`);
      const existing = objects.get(keyOf(bucket, name));
      if (existing === undefined) return store(bucket, name, bytes);
      if (!existing.bytes.equals(bytes)) throw new PermanentError('INTEGRITY', 'other content');
      return existing.info;
    },
    list: async (bucket, after = '', limit) =>
      [...objects.values()]
        .filter(({info}) => info.bucket === bucket && info.name > after)
        .toSorted((a, b) => (a.info.name < b.info.name ? -1 : 1))
        .slice(0, limit)
        .map(({info, createdAtMs = 0}) => ({...info, createdAtMs})),
    put: async (bucket, name, body) => store(bucket, name, await bytesOf(body)),
  };
}

/** As bytes come over a network. */
async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
