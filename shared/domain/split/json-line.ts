import {PermanentError} from '../../errors.ts';
import {columnMissing} from './column-missing.ts';
import {assertColumnCount} from './header-limit.ts';
import type {SplitDefinition} from './split-definition.ts';
import {keyOf} from './split-key.ts';

/** What can make a line malformed. */
export const LINE_FAULTS = [
  'not a JSON object',
  'the label is missing, null, a list or an object',
  'a key is missing or neither a string, a boolean nor a whole number up to 2^53 - 1',
] as const;

const [NO_OBJECT, NO_LABEL, NO_KEY] = LINE_FAULTS;

export type LineReading =
  /** The canonical bytes that decide the part, see `split-key.ts`, and the text of the label. */
  {readonly key: Uint8Array; readonly label: string} | {readonly fault: (typeof LINE_FAULTS)[number]};

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a line of JSON Lines, an object; label and key are paths such as `user.id`.
 * The line is malformed when it is no object, has no plain label, or a key that has no exact text:
 * strings, booleans and whole numbers within ±(2^53 − 1) have one, as BigQuery's JSON_VALUE would give it.
 */
export function readLine(content: Buffer, {data, split}: SplitDefinition): LineReading {
  const object = parseObject(content);
  if (object === undefined) return {fault: NO_OBJECT};
  const value = valueAt(object, data.label);
  if (!isPlain(value)) return {fault: NO_LABEL};
  const label = String(value).toWellFormed();
  if (split.key === 'row') return {key: content, label};
  const fields = split.key.map((path) => valueAt(object, path)).filter(hasExactText);
  if (fields.length < split.key.length) return {fault: NO_KEY};
  return {key: keyOf(fields.map((field) => Buffer.from(String(field)))), label};
}

/**
 * The paths in the first line. It decides whether the file is what the definition says, before millions of lines are rejected one by one.
 * @param line its number, from 1
 * @throws PermanentError JSONL_SYNTAX, TOO_MANY_COLUMNS or COLUMN_MISSING
 */
export function columnsOf(content: Buffer, line: number, {data, split}: SplitDefinition): readonly string[] {
  const where = `line ${line}`;
  const first = parseObject(content);
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
