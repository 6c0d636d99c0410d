import {exportedRows, QueryError} from '../../local/bigquery/export-rows.ts';
import {type ExportStatement, readExportStatement} from '../../local/bigquery/export-statement.ts';
import {csvRow, type ExternalTable, linesOf} from '../../local/bigquery/external-table.ts';
import type {bigQueryArgument} from '../../shared/domain/split/bigquery-request.ts';
import {BUCKETS, memoryPorts, type World} from './memory-ports.ts';
import {putObject} from './story.ts';

type Argument = ReturnType<typeof bigQueryArgument>;

/** Records per exported object, so that small data come in several. */
const SHARD_ROWS = 7;

/** Plays workflows/split-in-bigquery.yaml for every execution. @param tables rows as JSON, by the names of the tables */
export async function endExecutions(
  world: World,
  tables: Readonly<Record<string, readonly string[]>> = {},
): Promise<void> {
  for (const {workflow, argument} of world.executions.values()) {
    if (workflow !== 'split-in-bigquery') continue;
    const request = argument as Argument;
    const outcome = exportAll(world, request, tables);
    await memoryPorts(world).objects.create(request.bucket, request.outcome, JSON.stringify(outcome));
    world.messages.push({topic: 'run-accepted', runId: request.runId});
  }
}

function exportAll(
  world: World,
  {parts, tables: external}: Argument,
  tables: Readonly<Record<string, readonly string[]>>,
): object {
  const done: Record<string, {prefix: string; rows: string}> = {};
  for (const {part, query, attempts} of parts) {
    const [{clause, prefix} = {clause: '', prefix: ''}] = attempts;
    const statement = readExportStatement(clause + query);
    try {
      const records = recordsOf(world, statement, external.source as ExternalTable | undefined, tables);
      const rows = exportedRows(records, statement);
      for (let at = 0; at === 0 || at < rows.length; at += SHARD_ROWS) {
        const name = `${prefix}${String(at / SHARD_ROWS).padStart(12, '0')}.csv`;
        putObject(
          world,
          name,
          Buffer.from(
            rows
              .slice(at, at + SHARD_ROWS)
              .map(csvRow)
              .join(''),
          ),
        );
      }
      done[part] = {prefix, rows: String(rows.length)};
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      return {state: 'failed', reason: error.reason, message: error.message};
    }
  }
  return {state: 'exported', parts: done};
}

function recordsOf(
  {objects}: World,
  {source}: ExportStatement,
  external: ExternalTable | undefined,
  tables: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  if (source.kind === 'table') {
    const rows = tables[source.table];
    if (rows === undefined) throw new QueryError('notFound', `Not found: Table ${source.table}`);
    return rows;
  }
  if (external === undefined) throw new Error('no external table');
  const file = objects.get(external.sourceUris[0].slice('gs://'.length));
  if (file === undefined) throw new QueryError('notFound', `Not found: URI ${external.sourceUris[0]}`);
  return linesOf(file.bytes, external);
}

export function storedText(world: World, name: string): string {
  return world.objects.get(`${BUCKETS.runs}/${name}`)?.bytes.toString() ?? 'not there';
}
