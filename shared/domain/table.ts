import type {RunInput} from './run.ts';

/** Stands where a bucket's name stands when the input is a table; a bucket's name has at least three characters. */
const TABLE_BUCKET = 'bq';

/** A table of BigQuery at an instant. */
export interface TableSnapshot {
  /** `project.dataset.table`. */
  readonly table: string;
  /** Microseconds since 1970, as decimal digits. */
  readonly snapshotMicros: string;
}

/** `bq://project.dataset.table`: letters, digits, `-`, `_` and spaces, so that it can stand between backticks as it is. */
const TABLE_URI =
  /^bq:\/\/([a-z][a-z0-9-]{4,28}[a-z0-9])\.(\w{1,1024})\.([\p{L}\p{M}\p{N}\p{Pc}\p{Pd} ]{1,1024})$/u;

/** Its parts; undefined when it is no URI of a table. */
export function parseTableUri(uri: string): {readonly table: string; readonly dataset: string} | undefined {
  const [, project, dataset, table] = TABLE_URI.exec(uri) ?? [];
  return table === undefined
    ? undefined
    : {table: `${project}.${dataset}.${table}`, dataset: `${project}.${dataset}`};
}

/**
 * The input of a pipeline's run on a table. Its name begins with the pipeline, as an object's does, and its generation is the instant
 * of the snapshot, so a later snapshot is the newer input.
 */
export function inputOfTable(
  pipeline: string,
  {table, snapshotMicros}: TableSnapshot,
): Omit<RunInput, 'epoch'> {
  return {bucket: TABLE_BUCKET, name: `${pipeline}/${table}`, generation: snapshotMicros};
}

/** Undefined when the run's input is an object. */
export function tableOf({bucket, name, generation}: Omit<RunInput, 'epoch'>): TableSnapshot | undefined {
  if (bucket !== TABLE_BUCKET) return undefined;
  return {table: name.slice(name.indexOf('/') + 1), snapshotMicros: generation};
}

/** For people: `gs://bucket/name#generation` or `bq://project.dataset.table@snapshot`. */
export function inputUri(input: Omit<RunInput, 'epoch'>): string {
  const table = tableOf(input);
  if (table !== undefined) return tableUri(table);
  return `gs://${input.bucket}/${input.name}#${input.generation}`;
}

export function tableUri({table, snapshotMicros}: TableSnapshot): string {
  return `bq://${table}@${snapshotMicros}`;
}

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** Microseconds since 1970 of an instant in RFC 3339, in UTC; finer digits are cut off. Undefined for any other text. */
export function microsOf(instant: string): string | undefined {
  const [, seconds, fraction = ''] = INSTANT.exec(instant) ?? [];
  const millis = Date.parse(`${seconds}Z`);
  if (Number.isNaN(millis) || millis <= 0) return undefined;
  return String(BigInt(millis) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6)));
}
