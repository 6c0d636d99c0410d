/** A value of the Workflows language. An int is a `bigint`, a double a `number`; values never change in place. */
export type Value = null | boolean | bigint | number | string | Uint8Array | readonly Value[] | ValueMap;

export type ValueMap = ReadonlyMap<string, Value>;

export type TypeName = 'null' | 'boolean' | 'integer' | 'double' | 'string' | 'bytes' | 'list' | 'map';

/** The name that `get_type` answers. */
export function typeOf(value: Value): TypeName {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'string') return 'string';
  if (value instanceof Uint8Array) return 'bytes';
  return isList(value) ? 'list' : 'map';
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is ValueMap {
  return value instanceof Map;
}

export function isNumeric(value: Value): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

export function mapOf(fields: Readonly<Record<string, Value>>): ValueMap {
  return new Map(Object.entries(fields));
}

/** Equal in type and content; an int equals the double of the same size. */
export function isEqual(a: Value, b: Value): boolean {
  if (isNumeric(a) && isNumeric(b)) return Number(a) === Number(b) && (typeof a !== typeof b || a === b);
  if (isList(a) && isList(b))
    return a.length === b.length && a.every((item, at) => isEqual(item, b[at] ?? null));
  if (isMap(a) && isMap(b)) {
    return (
      a.size === b.size && [...a].every(([key, item]) => b.has(key) && isEqual(item, b.get(key) ?? null))
    );
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return a === b;
}

/** Bytes that a value counts towards the memory of an execution. */
export function sizeOf(value: Value): number {
  if (value === null || typeof value === 'boolean') return 1;
  if (isNumeric(value)) return 8;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.length;
  let size = 0;
  if (isList(value)) for (const item of value) size += sizeOf(item);
  else for (const [key, item] of value as ValueMap) size += Buffer.byteLength(key) + sizeOf(item);
  return size;
}

/** The text of a scalar, as `string()` and joining by `+` make it; a double keeps a fraction. */
export function textOf(value: bigint | number | boolean | string): string {
  return Number.isInteger(value) ? doubleText(Number(value)) : String(value);
}

function doubleText(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
