import {PermanentError} from '../../errors.ts';
import {columnMissing} from './column-missing.ts';
import {assertColumnCount} from './header-limit.ts';
import {type JsonLine, jsonLines} from './jsonl-records.ts';
import {RecordCutter} from './record-cutter.ts';
import type {Row, RowReader} from './row.ts';
import type {SplitDefinition} from './split-definition.ts';
import {keyOf} from './split-key.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads JSON Lines: one object per line; label and key are paths such as `user.id`.
 * A line is malformed when it is no object, has no plain label, or a key that has no exact text:
 * strings, booleans and whole numbers within ±(2^53 − 1) have one, as BigQuery's JSON_VALUE would give it.
 * The columns are the paths of the first object.
 */
export class JsonlRows implements RowReader {
  readonly #definition: SplitDefinition;
  readonly #cutter = new RecordCutter(jsonLines);
  #columns: readonly string[] | undefined;

  constructor(definition: SplitDefinition) {
    this.#definition = definition;
  }

  get columns(): readonly string[] {
    return this.#columns ?? [];
  }

  push(chunk: Uint8Array): readonly Row[] {
    return this.#cutter.push(chunk).map((line) => this.#rowOf(line));
  }

  finish(): readonly Row[] {
    return this.#cutter.finish().map((line) => this.#rowOf(line));
  }

  #rowOf(record: JsonLine): Row {
    const object = parseObject(record.content);
    this.#columns ??= columnsOf(object, record.line, this.#definition);
    return rowOf(record, object, this.#definition);
  }
}

/** The first line decides whether the file is what the definition says, before millions of lines are rejected one by one. */
function columnsOf(
  first: JsonObject | undefined,
  line: number,
  {data, split}: SplitDefinition,
): readonly string[] {
  const where = `line ${line}`;
  if (first === undefined) {
    throw new PermanentError('JSONL_SYNTAX', 'The first line is not a JSON object.', {
      where,
      hint: 'Write one object per line; jq -c ".[]" makes lines of an array. For CSV set data.format to csv.',
    });
  }
  const found = pathsOf(first);
  assertColumnCount(found.length, where);
  const wanted = [
    {name: data.label, setting: 'data.label'},
    ...(split.key === 'row' ? [] : split.key.map((name) => ({name, setting: 'split.key'}))),
  ];
  for (const {name, setting} of wanted) {
    if (valueAt(first, name) === undefined) throw columnMissing({name, setting, found, where});
  }
  return found;
}

function rowOf(
  {bytes, content, line}: JsonLine,
  object: JsonObject | undefined,
  definition: SplitDefinition,
): Row {
  const malformed = (reason: string): Row => ({kind: 'malformed', bytes, line, reason});
  if (object === undefined) return malformed('not a JSON object');
  const label = valueAt(object, definition.data.label);
  if (!isPlain(label)) return malformed('the label is missing, null, a list or an object');
  const {key} = definition.split;
  if (key === 'row') return {kind: 'sound', bytes, key: keyOf([content]), label: String(label)};
  const fields = key.map((path) => valueAt(object, path)).filter(hasExactText);
  if (fields.length < key.length) {
    return malformed('a key is missing or neither a string, a boolean nor a whole number up to 2^53 - 1');
  }
  return {
    kind: 'sound',
    bytes,
    key: keyOf(fields.map((field) => Buffer.from(String(field)))),
    label: String(label),
  };
}

/** The object that a line holds; undefined when it holds none. */
export function parseObject(content: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(content.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What lies at a path such as `user.id`; undefined when nothing does. */
export function valueAt(object: JsonObject, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      object,
    );
}

/** The paths of all values that are no objects, in the object's order. */
export function pathsOf(object: JsonObject): readonly string[] {
  return Object.entries(object).flatMap(([name, value]) =>
    isObject(value) ? pathsOf(value).map((path) => `${name}.${path}`) : [name],
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function hasExactText(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
}
