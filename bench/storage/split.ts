import {Readable} from 'node:stream';
import {objectsGateway} from '../../shared/gateways/objects.ts';
import type {ObjectInfo} from '../../shared/object-ports.ts';
import {splitObject} from '../../shared/split-object.ts';
import {definitionFor} from '../split/definition.ts';
import {report} from '../split/report.ts';
import type {RssCurve} from '../split/rss-curve.ts';

// What the function does with an object: the download, the split with all its checks, the uploads of the parts and the manifest.
//
//     STORAGE_EMULATOR_HOST=… node split.ts KIND KEY [curve]

const [kind = '', key, wantsCurve] = process.argv.slice(2);

// The first call loads the client.
const objects = objectsGateway('bench');
const source = await objects.find('bench', 'data');
if (source === undefined) throw new Error('The server has no object.');
const definition = definitionFor(kind, key);

async function* counted(bytes: Readable, curve: RssCurve): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    yield chunk;
    curve.read(chunk.length);
  }
}

await report(async (curve) => {
  const read = async (object: ObjectInfo) =>
    Readable.from(counted(await objects.read(object), curve), {objectMode: false});
  const reading = wantsCurve === undefined ? objects : {...objects, read};
  await splitObject({source, definition, definitionDigest: '', bucket: 'bench', folder: 'run'}, reading);
});
