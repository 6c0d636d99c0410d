import type {Manifest} from './domain/split/manifest.ts';
import type {ObjectInfo, Objects} from './object-ports.ts';
import {type Flow, type SplitRequest, splitFlows} from './split-flows.ts';

/** Splits an object as it is, see {@link splitFlows}. */
export async function splitObject(
  {source, ...request}: SplitRequest & {readonly source: ObjectInfo},
  objects: Pick<Objects, 'read' | 'create'>,
): Promise<Manifest> {
  const {bucket, name: object, generation, sizeBytes: size, crc32c} = source;
  const where = `gs://${bucket}/${object}#${generation}`;
  const input = {bucket, object, generation, size, crc32c};
  return splitFlows(whole(source, objects), {input, where}, request, objects);
}

async function* whole(source: ObjectInfo, objects: Pick<Objects, 'read'>): AsyncGenerator<Flow> {
  yield {bytes: await objects.read(source)};
}
