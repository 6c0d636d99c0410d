import {ExportedRecords} from './domain/split/exported-records.ts';
import type {Manifest} from './domain/split/manifest.ts';
import {assertSealableSize} from './domain/split/size-limit.ts';
import {HEAD_BYTES, readSourceHead, type SourceHead} from './domain/split/source-head.ts';
import {PARTS, type Part, type SplitDefinition} from './domain/split/split-definition.ts';
import {STREAMS} from './domain/split/split-statistics.ts';
import {PermanentError} from './errors.ts';
import type {ObjectInfo, Objects} from './object-ports.ts';
import {type Flow, inSource, type SplitRequest, splitFlows} from './split-flows.ts';

type Staged = NonNullable<Manifest['staged']>;

export interface SealRequest extends SplitRequest {
  readonly input: Manifest['input'];
  readonly staged: Staged;
  /** The file that was split, whose header the parts get; undefined for a table. */
  readonly source: ObjectInfo | undefined;
  /** For complaints: a URI. */
  readonly where: string;
}

type Shards = Readonly<Record<Part, readonly ObjectInfo[]>>;

/**
 * Makes the parts from what BigQuery exported for each. The records go through the same kernel as those of a small file, so that
 * everything is counted by the same code, and each must go to the part that BigQuery's own hash has sent it to.
 * @throws PermanentError DATA_TOO_LARGE, SPLIT_DISAGREES, or what a split throws
 */
export async function sealSplit(
  request: SealRequest,
  objects: Pick<Objects, 'listUnder' | 'read' | 'readHead' | 'create'>,
): Promise<Manifest> {
  const {input, staged, source, where, definition, bucket} = request;
  const shards = {
    training: await objects.listUnder(bucket, staged.training.prefix),
    validation: await objects.listUnder(bucket, staged.validation.prefix),
    test: await objects.listUnder(bucket, staged.test.prefix),
  };
  const sizeBytes = PARTS.flatMap((part) => shards[part]).reduce((sum, shard) => sum + shard.sizeBytes, 0);
  assertSealableSize(sizeBytes, where);
  const head = source && (await readHead(source, definition, objects));
  const flows = sealedFlows(head?.header ?? Buffer.alloc(0), shards, staged, objects);
  return splitFlows(flows, {input, staged, where, columns: head?.columns}, request, objects);
}

/** @throws PermanentError that names the file and the place in it */
export async function readHead(
  file: ObjectInfo,
  definition: SplitDefinition,
  objects: Pick<Objects, 'readHead'>,
): Promise<SourceHead> {
  const bytes = await objects.readHead(file, HEAD_BYTES);
  try {
    return readSourceHead(bytes, definition);
  } catch (error) {
    throw inSource(error, `gs://${file.bucket}/${file.name}`);
  }
}

async function* sealedFlows(
  header: Buffer,
  shards: Shards,
  staged: Staged,
  objects: Pick<Objects, 'read'>,
): AsyncGenerator<Flow> {
  if (header.length > 0) yield {bytes: only(header), only: STREAMS};
  for (const part of PARTS) {
    yield {bytes: recordsOf(part, shards, staged, objects), only: [part, 'rejects']};
  }
}

async function* recordsOf(
  part: Part,
  shards: Shards,
  staged: Staged,
  objects: Pick<Objects, 'read'>,
): AsyncGenerator<Buffer> {
  const records = new ExportedRecords();
  for (const shard of shards[part]) {
    for await (const chunk of await objects.read(shard)) yield records.push(chunk);
  }
  const {rows} = staged[part];
  if (rows === null || records.rows === rows) return;
  throw new PermanentError(
    'SPLIT_DISAGREES',
    `BigQuery exported ${rows} records of the ${part} part, but there are ${records.rows}.`,
    {hint: 'Nothing but Millrace may write or delete here; rerun.'},
  );
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
