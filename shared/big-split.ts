import type {Pipeline} from './domain/pipeline.ts';
import type {Run} from './domain/run.ts';
import {runFolder} from './domain/run-folder.ts';
import {
  type BigQuerySplit,
  bigQueryArgument,
  type Outcome,
  outcomeName,
  outcomeSchema,
} from './domain/split/bigquery-request.ts';
import {jsonKey} from './domain/split/source-head.ts';
import type {SplitDefinition} from './domain/split/split-definition.ts';
import {inputUri, type TableSnapshot} from './domain/table.ts';
import {PermanentError} from './errors.ts';
import type {ObjectInfo} from './object-ports.ts';
import type {Ports} from './ports.ts';
import {readHead, type SealRequest} from './seal-split.ts';

interface BigSplit {
  readonly run: Run;
  readonly source: ObjectInfo | TableSnapshot;
}

/** Where a run's parts and manifest are. */
export function splitFolder(run: Run): string {
  return `${runFolder(run)}/split`;
}

/** What BigQuery reads and writes lies here. */
function bigQueryFolder(run: Run): string {
  return `${splitFolder(run)}/bigquery`;
}

/**
 * Has BigQuery split what is too much for one function. Done again, it starts nothing new: all that is asked for follows from the run.
 * The workflow announces the run again when it has ended.
 * @throws PermanentError when the source cannot be split there
 */
export async function startBigSplit(
  {run, source, pipeline}: BigSplit & {readonly pipeline: Pipeline},
  ports: Ports,
): Promise<void> {
  const argument = bigQueryArgument({
    runId: run.id,
    bucket: ports.buckets.runs,
    folder: bigQueryFolder(run),
    split: pipeline.split,
    ...('table' in source
      ? tableRecords(source, pipeline, inputUri(run.input))
      : await fileRecords(await pinned(run, source, ports), pipeline, ports)),
  });
  await ports.workflows.start('split-in-bigquery', argument, `${run.id}-split`);
}

/** What the workflow wrote when it had ended; undefined before. */
export async function findOutcome(run: Run, {objects, buckets}: Ports): Promise<Outcome | undefined> {
  const object = await objects.find(buckets.runs, outcomeName(bigQueryFolder(run)));
  return object && outcomeSchema.parse(JSON.parse(await objects.readText(object)));
}

/** What sealing has to know about the source. */
export async function sealedSource(
  {run, source}: BigSplit,
  ports: Ports,
): Promise<Pick<SealRequest, 'input' | 'source' | 'where'>> {
  const where = inputUri(run.input);
  if ('table' in source) return {input: source, source: undefined, where};
  const {bucket, name: object, generation, sizeBytes: size, crc32c} = source;
  const input = {bucket, object, generation, size, crc32c};
  return {input, source: await pinned(run, source, ports), where};
}

/** BigQuery reads whatever has a name when it gets there, so the generation gets a name of its own. */
function pinned(run: Run, source: ObjectInfo, {objects, buckets}: Ports): Promise<ObjectInfo> {
  return objects.copy(source, buckets.runs, `${bigQueryFolder(run)}/source`);
}

type Records = Pick<BigQuerySplit, 'key' | 'source'>;

function tableRecords(table: TableSnapshot, definition: SplitDefinition, where: string): Records {
  if (definition.data.format === 'jsonl')
    return {key: jsonKey(definition), source: {kind: 'table', ...table}};
  throw new PermanentError('TABLE_FORMAT', 'The rows of a table become JSON Lines, not CSV.', {
    where,
    hint: 'Set data.format to jsonl in pipeline.yaml.',
  });
}

async function fileRecords(file: ObjectInfo, definition: SplitDefinition, ports: Ports): Promise<Records> {
  const {key, headerLines} = await readHead(file, definition, ports.objects);
  return {key, source: {kind: 'lines', uri: `gs://${file.bucket}/${file.name}`, headerLines}};
}
