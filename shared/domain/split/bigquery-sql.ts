import {PermanentError} from '../../errors.ts';
import {excerpt} from './excerpt.ts';
import {bucketsOf, type Part, type SplitRules} from './split-definition.ts';

/** The name of the external table that holds a file, one line a row, in its only column `record`. */
export const SOURCE_TABLE = 'source';

/** Where the records come from. */
export type RecordSource =
  | {readonly kind: 'lines'}
  /** Microseconds since 1970: the table as it was then. */
  | {readonly kind: 'table'; readonly table: string; readonly snapshotMicros: string};

/** How a record's key is found in it. */
export type RecordKey =
  /** The delimiter of a CSV, whose quotes might span lines. */
  | {readonly kind: 'row'; readonly delimiter?: string}
  /** Indices of columns. Names do not occur in the SQL. */
  | {readonly kind: 'csv'; readonly delimiter: string; readonly columns: readonly number[]}
  /** Such as `user.id`. */
  | {readonly kind: 'json'; readonly paths: readonly string[]};

export interface PartQuery {
  readonly source: RecordSource;
  readonly key: RecordKey;
  readonly split: SplitRules;
  readonly part: Part;
}

/**
 * What turns a query into an export to the shards of `uri`. Each row is one record in a CSV field, which BigQuery quotes when the
 * record holds a comma or a quote.
 * @param uri with exactly one `*`
 */
export function exportClause(uri: string): string {
  return `EXPORT DATA OPTIONS (uri = ${literal(uri)}, format = 'CSV', header = FALSE) AS\n`;
}

/**
 * The records of one part, in an order that follows from their bytes alone: the same data give the same rows in the same order.
 * @throws PermanentError KEY_NOT_IN_SQL
 */
export function partQuery({source, key, split, part}: PartQuery): string {
  return `WITH
lines AS (
${linesOf(source, key)}
),
${fieldsOf(key)},
hashed AS (
  SELECT record, FARM_FINGERPRINT(CONCAT(${literal(split.salt)}, ${canonicalKey(key)})) AS fingerprint
  FROM fields
)
SELECT record FROM hashed
WHERE IFNULL(MOD(SAFE.ABS(fingerprint), ${split.buckets}), 0) IN (${bucketsOf(part, split).join(', ')})
ORDER BY fingerprint IS NULL, fingerprint, record`;
}

/** Text that BigQuery could not decode holds U+FFFD; a record with a line break in quotes would be torn. Neither may pass as data. */
function linesOf(source: RecordSource, key: RecordKey): string {
  if (source.kind === 'table') {
    const snapshot = `FOR SYSTEM_TIME AS OF TIMESTAMP_MICROS(${source.snapshotMicros})`;
    return `  SELECT TO_JSON_STRING(t) AS record FROM \`${source.table}\` AS t ${snapshot}`;
  }
  const torn =
    'delimiter' in key
      ? `    WHEN REGEXP_CONTAINS(record, ${rawLiteral(openQuotePattern(key.delimiter))}) THEN ERROR('QUOTED_LINE_BREAK')\n`
      : '';
  return `  SELECT CASE
    WHEN STRPOS(record, '\\uFFFD') > 0 THEN ERROR('ENCODING_NOT_UTF8')
${torn}    ELSE RTRIM(record, '\\r')
  END AS record
  FROM ${SOURCE_TABLE}`;
}

/** The parts of the key as `k0`, `k1`, …; NULL where a record has none. */
function fieldsOf(key: RecordKey): string {
  if (key.kind === 'row') return selection('fields', ['record AS k0'], "lines\n  WHERE record != ''");
  if (key.kind === 'json') {
    const values = key.paths.map(
      (path, index) => `JSON_VALUE(record, ${literal(jsonPath(path))}) AS k${index}`,
    );
    return selection('fields', values, "lines\n  WHERE record != ''");
  }
  const {delimiter, columns} = key;
  const all = `REGEXP_EXTRACT_ALL(CONCAT(${literal(delimiter)}, record), ${rawLiteral(fieldPattern(delimiter))})`;
  const raw = columns.map((column, index) => `${all}[SAFE_OFFSET(${column})] AS c${index}`);
  const decoded = columns.map(
    (_, index) =>
      `IF(STARTS_WITH(c${index}, '"'), REPLACE(SUBSTR(c${index}, 2, LENGTH(c${index}) - 2), '""', '"'), c${index}) AS k${index}`,
  );
  return `${selection('raw_fields', raw, "lines\n  WHERE record != ''")},\n${selection('fields', decoded, 'raw_fields')}`;
}

function selection(name: string, columns: readonly string[], from: string): string {
  return `${name} AS (\n  SELECT record,\n    ${columns.join(',\n    ')}\n  FROM ${from}\n)`;
}

/** As `split-key.ts` says: one field as it is, several as netstrings. */
function canonicalKey(key: RecordKey): string {
  const fields = key.kind === 'row' ? ['record'] : key.kind === 'csv' ? key.columns : key.paths;
  if (fields.length === 1) return 'k0';
  const lengthsAndFields = fields.map((_, index) => `BYTE_LENGTH(k${index}), k${index}`);
  return `FORMAT('${'%d:%s,'.repeat(fields.length)}', ${lengthsAndFields.join(', ')})`;
}

function fieldPattern(delimiter: string): string {
  return `${inPattern(delimiter)}(${closedField(delimiter)})`;
}

/** A record that ends inside quotes: its line was not all of it. */
function openQuotePattern(delimiter: string): string {
  return `^(?:(?:${closedField(delimiter)})${inPattern(delimiter)})*"(?:[^"]|"")*$`;
}

/** Quoted, perhaps with text behind the closing quote, or plain. */
function closedField(delimiter: string): string {
  const other = inPattern(delimiter);
  return `"(?:[^"]|"")*"(?:[^"${other}][^${other}]*)?|[^"${other}][^${other}]*|`;
}

/** One ASCII character as RE2 takes it literally, inside brackets and outside. */
function inPattern(character: string): string {
  if (/[\w,;:]/.test(character)) return character;
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** How a name is quoted inside a JSONPath is documented, how a quote in it is escaped is not. */
function jsonPath(path: string): string {
  const names = path.split('.');
  if (names.every((name) => /^[^"\\\p{Cc}]+$/u.test(name)))
    return `$${names.map((name) => `."${name}"`).join('')}`;
  throw new PermanentError('KEY_NOT_IN_SQL', `BigQuery has no way to name the key ${excerpt(path)}.`, {
    where: 'split.key',
    hint: 'Rename it: no quotes, backslashes, control characters or empty names.',
  });
}

/** @see https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#string_and_bytes_literals */
function literal(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll(
      /[\p{Cc}\u2028\u2029]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return `'${escaped}'`;
}

/** For patterns, which hold no apostrophe. */
function rawLiteral(pattern: string): string {
  return `r'${pattern}'`;
}
