import {failure} from './raised.ts';
import {isList, isMap, typeOf, type Value} from './value.ts';

/** `container[key]`. @throws Raised KeyError, IndexError or TypeError. */
export function partOf(container: Value, key: Value): Value {
  if (isMap(container)) {
    const found = container.get(asKey(key));
    if (found === undefined) throw failure('KeyError', `key not found: ${key}`);
    return found;
  }
  if (isList(container)) return container[asIndex(container, key)] ?? null;
  throw failure('TypeError', `'${typeOf(container)}' has no parts, looking for ${String(key)}`);
}

/**
 * A copy of `container` in which the part at `path` is `value`. Missing maps on the way are made.
 * @throws Raised IndexError or TypeError.
 */
export function withPart(container: Value, path: readonly Value[], value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (isList(container)) {
    const index = asIndex(container, key);
    return container.with(index, withPart(container[index] ?? null, rest, value));
  }
  if (!isMap(container))
    throw failure('TypeError', `'${typeOf(container)}' has no parts, writing ${String(key)}`);
  const name = asKey(key);
  const before = container.get(name) ?? new Map<string, Value>();
  return new Map(container).set(name, withPart(before, rest, value));
}

function asKey(key: Value): string {
  if (typeof key === 'string') return key;
  throw failure('TypeError', `the key of a map must be a string, not '${typeOf(key)}'`);
}

function asIndex(list: readonly Value[], key: Value): number {
  if (typeof key !== 'bigint')
    throw failure('TypeError', `the index of a list must be an integer, not '${typeOf(key)}'`);
  if (key < 0n || key >= BigInt(list.length)) throw failure('IndexError', `index out of range: ${key}`);
  return Number(key);
}
