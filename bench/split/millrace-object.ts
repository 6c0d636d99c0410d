import {createReadStream, createWriteStream} from 'node:fs';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import type {ObjectInfo} from '../../shared/object-ports.ts';
import {splitObject} from '../../shared/split-object.ts';
import {definitionFor} from './definition.ts';
import {report} from './report.ts';

// All that a function does with an object, digests and manifest included, with a folder for the bucket.

const [path = '', folder = '', key] = process.argv.slice(2);

const CHUNK_BYTES = 1024 * 1024;
const source: ObjectInfo = {bucket: '', name: path, generation: '1', sizeBytes: 0, crc32c: 'AAAAAA=='};

const objects: Parameters<typeof splitObject>[1] = {
  read: async ({name}) => createReadStream(name, {highWaterMark: CHUNK_BYTES}),
  async create(_bucket, name, body) {
    await pipeline(body, createWriteStream(join(folder, name), {highWaterMark: CHUNK_BYTES}));
    return {...source, name};
  },
};

await report(async () => {
  const definition = definitionFor(path, key);
  await splitObject({source, definition, definitionDigest: '', bucket: '', folder: '.'}, objects);
});
