import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {ObjectInfo} from '../../shared/object-ports.ts';
import {parsePipeline} from '../../shared/pipeline-file.ts';
import {splitObject} from '../../shared/split-object.ts';
import {emptyWorld, memoryPorts} from './memory-ports.ts';

const folder = join(import.meta.dirname, '..', '..', 'examples', 'digits');

/** The text of the manifest of examples/digits, as the first run of a new project has it. */
export async function digitsManifest(): Promise<string> {
  const {objects} = memoryPorts(emptyWorld());
  const bytes = await readFile(join(folder, 'data', 'digits.csv'));
  const stored = await objects.put('my-data', 'digits/data/digits.csv', bytes.toString());
  const source: ObjectInfo = {...stored, generation: '1767225600000000'};
  const text = await readFile(join(folder, 'pipeline.yaml'), 'utf8');
  const {digest, pipeline} = parsePipeline(text, 'pipeline.yaml');
  const manifest = await splitObject(
    {
      source,
      definition: {data: pipeline.data, split: pipeline.split},
      definitionDigest: digest,
      bucket: 'my-runs',
      folder: `digits/${runIdOf({...source, epoch: 0})}/split`,
    },
    {...objects, read: async () => Readable.from([bytes])},
  );
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
