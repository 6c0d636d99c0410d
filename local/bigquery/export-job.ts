import type {StorageFiles} from '../storage-files.ts';
import {exportedRows, QueryError} from './export-rows.ts';
import type {ExportStatement} from './export-statement.ts';
import {csvRow, type ExternalTable, linesOf} from './external-table.ts';
import type {Tables} from './tables.ts';

/** What an export did. */
export interface Exported {
  readonly files: number;
  readonly rows: number;
}

export interface ExportWork {
  readonly statement: ExportStatement;
  readonly tables: Readonly<Record<string, ExternalTable>>;
  readonly location: string;
}

interface Destination {
  readonly bucket: string;
  readonly nameOf: (file: number) => string;
}

/** Records per file. BigQuery promises up to 1 GB and nothing about the number; several files show who counts on one. */
const FILE_ROWS = 1000;

/**
 * Where an export goes.
 * @param isResumed whether what lies there was written by an earlier try of the same job
 * @throws QueryError when BigQuery would not write there
 */
export async function destinationOf(
  {statement: {uri}, location}: ExportWork,
  files: StorageFiles,
  isResumed: boolean,
): Promise<Destination> {
  const [, bucket = '', before = '', after = ''] = /^gs:\/\/([^/*]+)\/([^*]*)\*([^*]*)$/.exec(uri) ?? [];
  if (bucket === '')
    throw new QueryError('invalidQuery', "Option 'uri' value must be a wildcard URI with exactly one '*'.");
  await assertNear(bucket, location, files);
  if (!isResumed && (await files.hasAny(bucket, before)))
    throw new QueryError(
      'invalid',
      `Invalid value: Destination ${uri} has existing files and overwrite is false`,
    );
  return {bucket, nameOf: (index: number) => `${before}${String(index).padStart(12, '0')}${after}`};
}

/** Reads, chooses, orders and writes; done again, it writes the same. @throws QueryError */
export async function exportAll(
  work: ExportWork,
  files: StorageFiles,
  tables: Tables,
  {bucket, nameOf}: Destination,
): Promise<Exported> {
  const rows = exportedRows(await recordsOf(work, files, tables), work.statement);
  const count = Math.max(1, Math.ceil(rows.length / FILE_ROWS));
  for (let index = 0; index < count; index++) {
    const text = rows.slice(index * FILE_ROWS, (index + 1) * FILE_ROWS).map(csvRow);
    await files.write(bucket, nameOf(index), text.join(''));
  }
  return {files: count, rows: rows.length};
}

async function recordsOf(
  {statement: {source}, tables: external, location}: ExportWork,
  files: StorageFiles,
  tables: Tables,
): Promise<readonly string[]> {
  if (source.kind === 'table') return tables.snapshot(source.table, source.snapshotMicros, location);
  const table = external.source;
  if (table === undefined)
    throw new QueryError(
      'invalidQuery',
      'Table "source" must be qualified with a dataset (e.g. dataset.table).',
    );
  const [uri] = table.sourceUris;
  const [, bucket = '', name = ''] = /^gs:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  await assertNear(bucket, location, files);
  const bytes = await files.read(bucket, name);
  if (bytes === undefined) throw new QueryError('notFound', `Not found: URI ${uri}`);
  return linesOf(bytes, table);
}

async function assertNear(bucket: string, location: string, files: StorageFiles): Promise<void> {
  const found = await files.locationOf(bucket);
  if (found === undefined) throw new QueryError('notFound', `Not found: Bucket ${bucket}`);
  if (found === location.toLowerCase()) return;
  throw new QueryError(
    'invalid',
    `Cannot read and write in different locations: source: ${location}, destination: ${found}`,
  );
}
