import {ApiError} from '../api-error.ts';
import {type FieldPath, parseFieldPath} from './field-path.ts';
import type {google} from './protocol.ts';
import {timestampOf} from './timestamp.ts';
import {doubleValue, elementsOf, NULL, parseValue, type Value} from './value.ts';
import {compareValues, isNaNValue, numberOf} from './value-order.ts';

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** A change that the server computes from the field's current value. */
export interface FieldTransform {
  readonly path: FieldPath;
  /** @returns the field's new value and what the write result reports for it */
  apply(current: Value | undefined, commitMicros: number): {value: Value; result: Value};
}

type Wire = google.firestore.v1.DocumentTransform.IFieldTransform;
type Apply = FieldTransform['apply'];

export function parseFieldTransform(wire: Wire): FieldTransform {
  return {path: parseFieldPath(wire.fieldPath), apply: parseApply(wire)};
}

function parseApply(wire: Wire): Apply {
  if (wire.increment != null) return numeric(wire.increment, increment);
  if (wire.maximum != null) return numeric(wire.maximum, (a, b) => extreme(a, b, 1));
  if (wire.minimum != null) return numeric(wire.minimum, (a, b) => extreme(a, b, -1));
  if (wire.appendMissingElements != null) return onArray(wire.appendMissingElements, union);
  if (wire.removeAllFromArray != null) return onArray(wire.removeAllFromArray, difference);
  if (String(wire.setToServerValue) === 'REQUEST_TIME') return serverTimestamp;
  throw new ApiError('INVALID_ARGUMENT', 'Unknown field transform.');
}

/** The commit's own time, with the millisecond precision that the protocol promises. */
function serverTimestamp(_current: Value | undefined, commitMicros: number) {
  const value: Value = {timestampValue: timestampOf(commitMicros - (commitMicros % 1000))};
  return {value, result: value};
}

/** A field that holds no number is set to the operand. */
function numeric(
  wire: google.firestore.v1.IValue,
  combine: (current: Value, operand: Value) => Value,
): Apply {
  const operand = parseValue(wire);
  if (numberOf(operand) === undefined) {
    throw new ApiError('INVALID_ARGUMENT', 'A numeric transform needs an integer or a double.');
  }
  return (current) => {
    const isNumber = current !== undefined && numberOf(current) !== undefined;
    const value = isNumber ? combine(current, operand) : operand;
    return {value, result: value};
  };
}

/** Integers stop at the ends of 64 bits; a double on either side makes the sum a double. */
function increment(current: Value, operand: Value): Value {
  const [a, b] = [numberOf(current), numberOf(operand)];
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return doubleValue(Number(a) + Number(b));
  const sum = a + b;
  if (sum > MAX_INT64) return {integerValue: String(MAX_INT64)};
  return {integerValue: String(sum < MIN_INT64 ? MIN_INT64 : sum)};
}

/** Equal numbers leave the field as it is; NaN wins on both sides. */
function extreme(current: Value, operand: Value, direction: 1 | -1): Value {
  if (isNaNValue(current) || isNaNValue(operand)) return doubleValue(Number.NaN);
  return compareValues(operand, current) * direction > 0 ? operand : current;
}

/** A field that holds no array counts as an empty one. */
function onArray(
  wire: google.firestore.v1.IArrayValue,
  combine: (current: readonly Value[], operands: readonly Value[]) => readonly Value[],
): Apply {
  const operands = elementsOf(parseValue({arrayValue: wire}));
  return (current) => {
    const values = combine(current === undefined ? [] : elementsOf(current), operands);
    return {value: {arrayValue: {values}}, result: NULL};
  };
}

function union(current: readonly Value[], operands: readonly Value[]): readonly Value[] {
  const values = [...current];
  for (const value of operands) if (!includes(values, value)) values.push(value);
  return values;
}

function difference(current: readonly Value[], operands: readonly Value[]): readonly Value[] {
  return current.filter((value) => !includes(operands, value));
}

function includes(values: readonly Value[], wanted: Value): boolean {
  return values.some((value) => compareValues(value, wanted) === 0);
}
