import {elementsOf, type Value} from './value.ts';
import {compareValues, isNaNValue, typeRank} from './value-order.ts';

/** What each comparison of the protocol means. Null and NaN equal nothing, themselves included; ranges stay within a type. */
export const COMPARISONS = {
  LESS_THAN: (value: Value, operand: Value) => inRange(value, operand, (order) => order < 0),
  LESS_THAN_OR_EQUAL: (value: Value, operand: Value) => inRange(value, operand, (order) => order <= 0),
  GREATER_THAN: (value: Value, operand: Value) => inRange(value, operand, (order) => order > 0),
  GREATER_THAN_OR_EQUAL: (value: Value, operand: Value) => inRange(value, operand, (order) => order >= 0),
  EQUAL: equals,
  NOT_EQUAL: (value: Value, operand: Value) => !isNull(value) && !isNull(operand) && !equals(value, operand),
  ARRAY_CONTAINS: (value: Value, operand: Value) =>
    elementsOf(value).some((element) => equals(element, operand)),
  IN: (value: Value, operand: Value) => elementsOf(operand).some((wanted) => equals(value, wanted)),
  NOT_IN: (value: Value, operand: Value) =>
    !isNull(value) && !elementsOf(operand).some((unwanted) => isNull(unwanted) || equals(value, unwanted)),
  ARRAY_CONTAINS_ANY: (value: Value, operand: Value) =>
    elementsOf(value).some((element) => elementsOf(operand).some((wanted) => equals(element, wanted))),
} as const;

/** What each test of the protocol means for a field that exists. */
export const TESTS = {
  IS_NULL: isNull,
  IS_NOT_NULL: (value: Value) => !isNull(value),
  IS_NAN: isNaNValue,
  IS_NOT_NAN: (value: Value) => !isNull(value) && !isNaNValue(value),
} as const;

export type Comparison = keyof typeof COMPARISONS;
export type Test = keyof typeof TESTS;

/** The operators whose field must lead the order of the result. */
export const INEQUALITIES: ReadonlySet<Comparison | Test> = new Set([
  'LESS_THAN',
  'LESS_THAN_OR_EQUAL',
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUAL',
  'NOT_EQUAL',
  'NOT_IN',
  'IS_NOT_NULL',
  'IS_NOT_NAN',
]);

/** The operators of which a query may have one. */
export const NEGATIONS: ReadonlySet<Comparison | Test> = new Set([
  'NOT_EQUAL',
  'NOT_IN',
  'IS_NOT_NULL',
  'IS_NOT_NAN',
]);

function equals(a: Value, b: Value): boolean {
  return !isNull(a) && !isNaNValue(a) && compareValues(a, b) === 0;
}

function inRange(value: Value, operand: Value, holds: (order: number) => boolean): boolean {
  if (typeRank(value) !== typeRank(operand) || isNaNValue(value) !== isNaNValue(operand)) return false;
  return holds(compareValues(value, operand));
}

function isNull(value: Value): boolean {
  return 'nullValue' in value;
}
