import type {Work} from '../run/effect.ts';
import {failure} from '../run/raised.ts';
import {isList, isMap, isNumeric, type TypeName, typeOf, type Value, type ValueMap} from '../run/value.ts';

/** A function of the standard library. An argument left out arrives as null. */
export interface StdFunction {
  readonly params: readonly string[];
  readonly required: number;
  /** Waits for something outside, so only a `call` step may use it. */
  readonly isBlocking: boolean;
  readonly run: (...args: Value[]) => Value | Work<Value>;
}

/** @param params names, those of optional parameters with `?` at the end */
export function pure(params: string, run: (...args: Value[]) => Value): StdFunction {
  return {...signature(params), isBlocking: false, run};
}

/** Asks the world and has the answer at once. */
export function instant(params: string, run: (...args: Value[]) => Work<Value>): StdFunction {
  return {...signature(params), isBlocking: false, run};
}

export function blocking(params: string, run: (...args: Value[]) => Work<Value>): StdFunction {
  return {...signature(params), isBlocking: true, run};
}

function signature(text: string): Pick<StdFunction, 'params' | 'required'> {
  const names = text === '' ? [] : text.split(' ');
  return {
    params: names.map((name) => name.replace('?', '')),
    required: names.filter((name) => !name.endsWith('?')).length,
  };
}

/** The arguments in the order of the parameters. @throws Raised TypeError when a required one is missing. */
export function ordered(
  name: string,
  {params, required}: StdFunction,
  args: ReadonlyMap<string, Value>,
): Value[] {
  const missing = params.slice(0, required).find((param) => !args.has(param));
  if (missing !== undefined) throw failure('TypeError', `${name}: missing argument '${missing}'`);
  return params.map((param) => args.get(param) ?? null);
}

export function asText(value: Value): string {
  return typeof value === 'string' ? value : mismatch(value, 'string');
}

export function asMap(value: Value): ValueMap {
  return isMap(value) ? value : mismatch(value, 'map');
}

export function asList(value: Value): readonly Value[] {
  return isList(value) ? value : mismatch(value, 'list');
}

export function asBytes(value: Value): Uint8Array {
  return value instanceof Uint8Array ? value : mismatch(value, 'bytes');
}

export function asNumber(value: Value): bigint | number {
  return isNumeric(value) ? value : mismatch(value, 'integer', 'double');
}

export function asInt(value: Value): bigint {
  return typeof value === 'bigint' ? value : mismatch(value, 'integer');
}

function mismatch(value: Value, ...expected: TypeName[]): never {
  throw failure(
    'TypeError',
    `unsupported operand type '${typeOf(value)}' (expecting ${expected.join(' or ')})`,
  );
}
