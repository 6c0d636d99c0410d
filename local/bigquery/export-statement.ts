import {SqlReader} from './sql-reader.ts';

/** Text of a record at which the query ends with an error. */
export interface LineError {
  readonly isIn: (record: string) => boolean;
  readonly message: string;
}

type Source =
  | {readonly kind: 'lines'; readonly errors: readonly LineError[]}
  | {readonly kind: 'table'; readonly table: string; readonly snapshotMicros: bigint};

export type Field =
  | {readonly kind: 'record'}
  | {readonly kind: 'json'; readonly path: string}
  /** One of the captures of a pattern in the record with a prefix. */
  | {readonly kind: 'capture'; readonly prefix: string; readonly pattern: RegExp; readonly index: number};

/** The one statement that the stand-in executes: docs/reference/split.md of Millrace publishes it. */
export interface ExportStatement {
  readonly uri: string;
  readonly source: Source;
  readonly fields: readonly Field[];
  readonly salt: string;
  readonly buckets: bigint;
  readonly chosen: ReadonlySet<bigint>;
}

/** @throws ApiError INVALID_ARGUMENT with the place where the statement is another */
export function readExportStatement(sql: string): ExportStatement {
  const reader = new SqlReader(sql);
  const {uri = ''} = reader.take(
    `EXPORT DATA OPTIONS (uri = @uri, format = 'CSV', header = FALSE) AS WITH lines AS (`,
  );
  const source = readSource(reader);
  reader.take('),');
  const fields = readFields(reader);
  reader.take(', hashed AS (SELECT record, FARM_FINGERPRINT(CONCAT(');
  const {salt = ''} = reader.take('@salt,');
  reader.take(`${keyText(fields.length)})) AS fingerprint FROM fields)`);
  const {buckets = ''} = reader.take(
    'SELECT record FROM hashed WHERE IFNULL(MOD(SAFE.ABS(fingerprint), @buckets), 0) IN (',
  );
  const chosen = readNumbers(reader);
  reader.take(') ORDER BY fingerprint IS NULL, fingerprint, record');
  reader.end();
  return {uri, source, fields, salt, buckets: BigInt(buckets), chosen};
}

function readSource(reader: SqlReader): Source {
  if (reader.takeIf('SELECT TO_JSON_STRING(t) AS record FROM') !== undefined) {
    const {table = '', micros = ''} = reader.take(
      '@table AS t FOR SYSTEM_TIME AS OF TIMESTAMP_MICROS(@micros)',
    );
    return {kind: 'table', table, snapshotMicros: BigInt(micros)};
  }
  reader.take('SELECT CASE');
  const errors: LineError[] = [];
  for (let error = readLineError(reader); error !== undefined; error = readLineError(reader))
    errors.push(error);
  reader.take(`ELSE RTRIM(record, '\\r') END AS record FROM source`);
  return {kind: 'lines', errors};
}

function readLineError(reader: SqlReader): LineError | undefined {
  const held = reader.takeIf('WHEN STRPOS(record, @text) > 0 THEN ERROR(@message)');
  if (held !== undefined) {
    const {text = '', message = ''} = held;
    return {isIn: (record) => record.includes(text), message};
  }
  const matched = reader.takeIf('WHEN REGEXP_CONTAINS(record, @pattern) THEN ERROR(@message)');
  if (matched === undefined) return undefined;
  const pattern = new RegExp(matched.pattern ?? '', 'u');
  return {isIn: (record) => pattern.test(record), message: matched.message ?? ''};
}

const FROM_LINES = `FROM lines WHERE record != '')`;

function readFields(reader: SqlReader): readonly Field[] {
  if (reader.takeIf(`fields AS (SELECT record, record AS k0 ${FROM_LINES}`) !== undefined)
    return [{kind: 'record'}];
  if (reader.takeIf('fields AS (SELECT record') !== undefined) {
    const fields = readJsonFields(reader);
    reader.take(FROM_LINES);
    return fields;
  }
  reader.take('raw_fields AS (SELECT record');
  const fields = readCaptures(reader);
  reader.take(`${FROM_LINES}, fields AS (SELECT record`);
  for (const index of fields.keys()) {
    const c = `c${index}`;
    reader.take(
      `, IF(STARTS_WITH(${c}, '"'), REPLACE(SUBSTR(${c}, 2, LENGTH(${c}) - 2), '""', '"'), ${c}) AS k${index}`,
    );
  }
  reader.take('FROM raw_fields)');
  return fields;
}

function readJsonFields(reader: SqlReader): readonly Field[] {
  const fields: Field[] = [];
  for (;;) {
    const found = reader.takeIf(`, JSON_VALUE(record, @path) AS k${fields.length}`);
    if (found === undefined) return fields;
    fields.push({kind: 'json', path: found.path ?? ''});
  }
}

function readCaptures(reader: SqlReader): readonly Field[] {
  const fields: Field[] = [];
  for (;;) {
    const found = reader.takeIf(
      `, REGEXP_EXTRACT_ALL(CONCAT(@prefix, record), @pattern)[SAFE_OFFSET(@index)] AS c${fields.length}`,
    );
    if (found === undefined) return fields;
    const {prefix = '', pattern = '', index} = found;
    fields.push({kind: 'capture', prefix, pattern: new RegExp(pattern, 'gu'), index: Number(index)});
  }
}

function keyText(fields: number): string {
  if (fields === 1) return 'k0';
  const names = Array.from({length: fields}, (_, index) => `BYTE_LENGTH(k${index}), k${index}`);
  return `FORMAT('${'%d:%s,'.repeat(fields)}', ${names.join(', ')})`;
}

function readNumbers(reader: SqlReader): ReadonlySet<bigint> {
  const numbers = [reader.take('@number').number];
  while (reader.takeIf(',') !== undefined) numbers.push(reader.take('@number').number);
  return new Set(numbers.map((number) => BigInt(number ?? '')));
}
