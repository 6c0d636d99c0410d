import {CsvGrammar, contentOf, fieldOf} from './csv-records.ts';
import {parseObject, valueAt} from './json-line.ts';
import type {SplitDefinition} from './split-definition.ts';

/** The key of a record in two ways of writing. */
export interface KeyForms {
  /** What decides the part: equal for equal keys. */
  readonly exact: string;
  /** Equal also for keys that differ in their form only. */
  readonly plain: string;
}

/** A decimal number without leading zeros, which ids have. */
const NUMBER = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** As many decimal digits a JavaScript number keeps. */
const EXACT_DIGITS = 15;

/**
 * Reads the keys of sound records, independently of what routed them.
 * @param columns of the CSV file, in its order
 */
export function keyReader(
  {data, split}: SplitDefinition,
  columns: readonly string[],
): (content: Buffer) => KeyForms {
  if (data.format === 'jsonl') return (content) => jsonKey(content, split.key);
  const places = split.key === 'row' ? undefined : split.key.map((name) => columns.indexOf(name));
  return (content) => csvKey(content, data.delimiter, places);
}

function csvKey(content: Buffer, delimiter: string, places: readonly number[] | undefined): KeyForms {
  const grammar = new CsvGrammar(delimiter);
  grammar.findEnd(content, 0, 0);
  const record = grammar.recordOf(content, 1);
  if (record === undefined) throw new RangeError('a sound record has a field');
  const wanted = places ?? record.fieldEnds.map((_, place) => place);
  const fields = wanted.map((place) => String(fieldOf(record, place)));
  const exact = places === undefined ? contentOf(record).toString('utf8') : JSON.stringify(fields);
  return {exact, plain: JSON.stringify(fields.map(plainText))};
}

function jsonKey(content: Buffer, key: SplitDefinition['split']['key']): KeyForms {
  const object = parseObject(content);
  if (object === undefined) throw new RangeError('a sound record is an object');
  if (key === 'row') return {exact: content.toString('utf8'), plain: plainObject(content, object)};
  const fields = key.map((path) => String(valueAt(object, path)));
  return {exact: JSON.stringify(fields), plain: JSON.stringify(fields.map(plainText))};
}

/** The text of a CSV field without spaces around it; a number in its shortest spelling. */
function plainText(field: string): string {
  const text = field.trim();
  if (!NUMBER.test(text) || text.replace(/\D/g, '').length > EXACT_DIGITS) return text;
  const number = Number(text);
  return Number.isFinite(number) ? String(number) : text;
}

/** The object with its names in order. One with longer numbers than JavaScript keeps stays as it is. */
function plainObject(content: Buffer, object: object): string {
  const text = content.toString('utf8');
  return /\d{16}/.test(text) ? text : JSON.stringify(object, inOrder);
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value === 'string') return value.trim();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
