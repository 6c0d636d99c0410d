import type {ExportStatement, Field, LineError} from './export-statement.ts';
import {fingerprint64} from './fingerprint64.ts';
import {jsonValue} from './json-value.ts';

/** A query that BigQuery ends with an error of its own. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * The rows that an export writes, in its order: by the hash, then by the bytes of the record.
 * @throws QueryError when a record is one of those that the statement calls errors
 */
export function exportedRows(records: Iterable<string>, statement: ExportStatement): readonly string[] {
  const {source} = statement;
  const rows: {readonly record: string; readonly bytes: Buffer; readonly fingerprint: bigint | null}[] = [];
  for (const line of records) {
    if (source.kind === 'lines') assertNoError(line, source.errors);
    const record = source.kind === 'lines' ? line.replace(/\r+$/, '') : line;
    if (record === '') continue;
    const fingerprint = fingerprintOf(record, statement);
    if (statement.chosen.has(bucketOf(fingerprint, statement.buckets)))
      rows.push({record, bytes: Buffer.from(record), fingerprint});
  }
  rows.sort((a, b) => compare(a.fingerprint, b.fingerprint) || a.bytes.compare(b.bytes));
  return rows.map(({record}) => record);
}

function assertNoError(line: string, errors: readonly LineError[]): void {
  const error = errors.find(({isIn}) => isIn(line));
  if (error !== undefined) throw new QueryError('invalidQuery', error.message);
}

const LEAST_INT64 = -(2n ** 63n);

/** `IFNULL(MOD(SAFE.ABS(fingerprint), buckets), 0)`: the least 64-bit integer has no absolute value. */
function bucketOf(fingerprint: bigint | null, buckets: bigint): bigint {
  if (fingerprint === null || fingerprint === LEAST_INT64) return 0n;
  return (fingerprint < 0n ? -fingerprint : fingerprint) % buckets;
}

/** NULLs last. */
function compare(a: bigint | null, b: bigint | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}

function fingerprintOf(record: string, {fields, salt}: ExportStatement): bigint | null {
  const values = fields.map((field) => fieldValue(field, record));
  const known = values.filter((value) => value !== null);
  if (known.length < values.length) return null;
  const [only = ''] = known;
  const key =
    known.length === 1 ? only : known.map((value) => `${Buffer.byteLength(value)}:${value},`).join('');
  return BigInt.asIntN(64, fingerprint64(Buffer.from(salt + key)));
}

function fieldValue(field: Field, record: string): string | null {
  if (field.kind === 'record') return record;
  if (field.kind === 'json') return jsonValue(record, field.path);
  const captures = Array.from((field.prefix + record).matchAll(field.pattern), ([, capture = '']) => capture);
  const raw = captures[field.index];
  if (raw === undefined) return null;
  return raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw;
}
