import {asCondition, within64} from '../run/operators.ts';
import {failure} from '../run/raised.ts';
import {isList, isMap, isNumeric, textOf, typeOf, type Value} from '../run/value.ts';
import {asMap, pure} from './std-function.ts';

/** Functions without a module: https://cloud.google.com/workflows/docs/reference/stdlib/expression-helpers */
export const helpers = {
  default: pure('value default', (value, fallback) => (value === null ? fallback : value)),
  double: pure('value', (value) => toDouble(value)),
  get_type: pure('value', (value) => typeOf(value)),
  if: pure('condition ifTrue ifFalse', (condition, yes, no) => (asCondition('if()', condition) ? yes : no)),
  int: pure('value', (value) => toInt(value)),
  keys: pure('map', (map) => [...asMap(map).keys()]),
  len: pure('value', (value) => lengthOf(value)),
  string: pure('value', (value) => toText(value)),
};

function toText(value: Value): string {
  if (isNumeric(value) || typeof value === 'boolean' || typeof value === 'string') return textOf(value);
  // The service's own words, which name the types as Python does.
  const name = isMap(value) ? 'dict' : typeOf(value);
  throw failure(
    'TypeError',
    `unsupported operand type for string(): '${name}' (expecting number, string, or boolean)`,
  );
}

function toInt(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw failure('ValueError', `int(): ${value} is no integer`);
    return within64(BigInt(Math.trunc(value)));
  }
  if (typeof value !== 'string')
    throw failure('TypeError', `unsupported operand type for int(): '${typeOf(value)}'`);
  if (!/^\s*[-+]?\d+\s*$/.test(value)) throw failure('ValueError', `int(): invalid text "${value}"`);
  return within64(BigInt(value.trim().replace('+', '')));
}

const DOUBLE = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/;

function toDouble(value: Value): number {
  if (isNumeric(value)) return Number(value);
  if (typeof value !== 'string') {
    throw failure('TypeError', `unsupported operand type for double(): '${typeOf(value)}'`);
  }
  if (!DOUBLE.test(value)) throw failure('ValueError', `double(): invalid text "${value}"`);
  return Number(value);
}

function lengthOf(value: Value): bigint {
  if (typeof value === 'string') return BigInt([...value].length);
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) return BigInt(value.size);
  throw failure(
    'TypeError',
    `unsupported operand type for len(): '${typeOf(value)}' (expecting list, map or string)`,
  );
}
