import {type LabelledRows, parseRows} from './domain/instances.ts';
import type {Run} from './domain/run.ts';
import {parseGcsUri} from './domain/run-folder.ts';
import {PermanentError} from './errors.ts';
import {factOf} from './find-run.ts';
import type {Ports} from './ports.ts';

/** Enough for a few hundred rows of an ordinary table, and for one of a very wide one. */
const HEAD_BYTES = 2 * 1024 * 1024;

/** The first rows of a run's test part, which no training has seen. @throws PermanentError TEST_PART_GONE */
export async function readInstances(run: Run, limit: number, ports: Ports): Promise<LabelledRows> {
  const {uri} = factOf(run, 'split').parts.test;
  const {bucket, name} = parseGcsUri(uri) ?? {bucket: '', name: ''};
  const object = await ports.objects.find(bucket, name);
  if (object === undefined) {
    throw new PermanentError('TEST_PART_GONE', 'the test part of the split is not there', {
      where: uri,
      hint: 'Rerun, which splits again.',
    });
  }
  const chunks: Uint8Array[] = [];
  let bytesRead = 0;
  for await (const chunk of await ports.objects.read(object)) {
    chunks.push(chunk);
    bytesRead += chunk.length;
    if (bytesRead >= HEAD_BYTES) break;
  }
  const isWhole = bytesRead === object.sizeBytes;
  const {columns, instances, labels} = parseRows(
    Buffer.concat(chunks),
    factOf(run, 'definition').pipeline.data,
    isWhole,
  );
  return {columns, instances: instances.slice(0, limit), labels: labels.slice(0, limit)};
}
