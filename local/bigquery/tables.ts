import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {parseRequest} from '../request.ts';
import type {State} from '../state.ts';
import {QueryError} from './export-rows.ts';

const COLUMN_TYPES = ['STRING', 'INTEGER', 'INT64', 'FLOAT', 'FLOAT64', 'BOOLEAN', 'BOOL'] as const;

const datasetId = z.string().regex(/^\w{1,1024}$/);

const datasetBody = z.strictObject({
  datasetReference: z.strictObject({projectId: z.string().exactOptional(), datasetId}),
  location: z.string().exactOptional(),
});

const tableBody = z.strictObject({
  tableReference: z.strictObject({
    projectId: z.string().exactOptional(),
    datasetId: z.string().exactOptional(),
    tableId: z.string().regex(/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd} ]{1,1024}$/u),
  }),
  schema: z.strictObject({
    fields: z
      .array(z.strictObject({name: z.string().regex(/^[A-Za-z_]\w*$/), type: z.enum(COLUMN_TYPES)}))
      .min(1),
  }),
});

const rowsBody = z.strictObject({
  kind: z.string().exactOptional(),
  rows: z
    .array(z.strictObject({insertId: z.string().exactOptional(), json: z.record(z.string(), z.unknown())}))
    .min(1),
});

interface Dataset {
  readonly project: string;
  readonly id: string;
  readonly location: string;
}

interface Table {
  readonly createdMicros: string;
  readonly fields: z.output<typeof tableBody>['schema']['fields'];
  readonly rows: readonly {readonly atMicros: string; readonly json: Readonly<Record<string, unknown>>}[];
}

/** BigQuery keeps a table's past for a week. */
const TIME_TRAVEL_MICROS = 7n * 24n * 3600n * 1_000_000n;

/** Datasets, and native tables whose rows were streamed in. A name is `project.dataset` or `project.dataset.table`. */
export class Tables {
  readonly #datasets;
  readonly #tables;

  constructor(state: State) {
    this.#datasets = state.collection<Dataset>('bigquery.datasets');
    this.#tables = state.collection<Table>('bigquery.tables');
  }

  createDataset(project: string, body: unknown) {
    const {datasetReference, location = 'US'} = parseRequest(datasetBody, body);
    const id = datasetReference.datasetId;
    if (this.#datasets.has(`${project}.${id}`)) throw alreadyExists(`Dataset ${project}:${id}`);
    const dataset = {project, id, location};
    this.#datasets.set(`${project}.${id}`, dataset);
    return datasetResource(dataset);
  }

  getDataset(project: string, id: string) {
    return datasetResource(this.#dataset(project, id));
  }

  createTable(project: string, dataset: string, body: unknown) {
    this.#dataset(project, dataset);
    const {tableReference, schema} = parseRequest(tableBody, body);
    const id = tableReference.tableId;
    const name = `${project}.${dataset}.${id}`;
    if (this.#tables.has(name)) throw alreadyExists(`Table ${project}:${dataset}.${id}`);
    this.#tables.set(name, {createdMicros: nowMicros(), fields: schema.fields, rows: []});
    return this.getTable(project, dataset, id);
  }

  getTable(project: string, datasetId: string, tableId: string) {
    this.#dataset(project, datasetId);
    const {fields, rows} = this.#table(project, datasetId, tableId);
    return {
      kind: 'bigquery#table',
      id: `${project}:${datasetId}.${tableId}`,
      tableReference: {projectId: project, datasetId, tableId},
      schema: {fields},
      numRows: String(rows.length),
      type: 'TABLE',
    };
  }

  insertRows(
    {project, dataset, table: id}: Readonly<Record<'project' | 'dataset' | 'table', string>>,
    body: unknown,
  ) {
    this.#dataset(project, dataset);
    const table = this.#table(project, dataset, id);
    const {rows} = parseRequest(rowsBody, body);
    const unknown = rows
      .flatMap(({json}) => Object.keys(json))
      .find((name) => !table.fields.some((field) => field.name === name));
    if (unknown !== undefined)
      throw new ApiError('INVALID_ARGUMENT', `no such field: ${unknown}.`, {reason: 'invalid'});
    const atMicros = nowMicros();
    const added = rows.map(({json}) => ({atMicros, json}));
    this.#tables.set(`${project}.${dataset}.${id}`, {...table, rows: [...table.rows, ...added]});
    return {kind: 'bigquery#tableDataInsertAllResponse'};
  }

  /** `TO_JSON_STRING` of the rows as they were then. @throws QueryError */
  snapshot(name: string, micros: bigint, location: string): readonly string[] {
    const [project = '', dataset = '', ...rest] = name.split('.');
    const {location: found} = this.#datasets.get(`${project}.${dataset}`) ?? {};
    if (found?.toLowerCase() !== location.toLowerCase())
      throw new QueryError(
        'notFound',
        `Not found: Dataset ${project}:${dataset} was not found in location ${location}`,
      );
    const table = this.#tables.get(name);
    if (table === undefined)
      throw new QueryError(
        'notFound',
        `Not found: Table ${project}:${dataset}.${rest.join('.')} was not found in location ${location}`,
      );
    const now = BigInt(nowMicros());
    if (micros > now || micros < now - TIME_TRAVEL_MICROS || micros < BigInt(table.createdMicros))
      throw new QueryError('invalidQuery', `Invalid snapshot time ${micros} for table ${name}`);
    return table.rows.filter(({atMicros}) => BigInt(atMicros) <= micros).map(({json}) => jsonOf(json, table));
  }

  #dataset(project: string, id: string): Dataset {
    const dataset = this.#datasets.get(`${project}.${id}`);
    if (dataset !== undefined) return dataset;
    throw new ApiError('NOT_FOUND', `Not found: Dataset ${project}:${id}`, {reason: 'notFound'});
  }

  #table(project: string, dataset: string, id: string): Table {
    const table = this.#tables.get(`${project}.${dataset}.${id}`);
    if (table !== undefined) return table;
    throw new ApiError('NOT_FOUND', `Not found: Table ${project}:${dataset}.${id}`, {reason: 'notFound'});
  }
}

function datasetResource({project, id, location}: Dataset) {
  const datasetReference = {projectId: project, datasetId: id};
  return {kind: 'bigquery#dataset', id: `${project}:${id}`, datasetReference, location};
}

function alreadyExists(what: string): ApiError {
  return new ApiError('ALREADY_EXISTS', `Already Exists: ${what}`, {reason: 'duplicate'});
}

function jsonOf(json: Readonly<Record<string, unknown>>, {fields}: Table): string {
  const cells = fields.map(({name, type}) => [name, cellOf(json[name] ?? null, type)] as const);
  return JSON.stringify(Object.fromEntries(cells));
}

/** An INT64 beyond what a double holds is written as text. */
function cellOf(value: unknown, type: Table['fields'][number]['type']): unknown {
  if (value === null) return null;
  if (type === 'STRING') return String(value);
  if (type === 'BOOLEAN' || type === 'BOOL') return value === true || value === 'true';
  const number = Number(value);
  return type.startsWith('INT') && !Number.isSafeInteger(number) ? String(value) : number;
}

function nowMicros(): string {
  return `${Date.now()}000`;
}
