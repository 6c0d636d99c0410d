import {ApiError} from '../api-error.ts';
import {type FieldPath, parseFieldPath} from './field-path.ts';
import {conditionsOf, type Filter, isNamePath} from './filter.ts';
import {INEQUALITIES} from './operators.ts';
import type {google} from './protocol.ts';
import {compareStrings} from './resource-name.ts';
import {parseValue, type Value} from './value.ts';
import {compareValues} from './value-order.ts';

const NAME: FieldPath = ['__name__'];

export interface Order {
  readonly path: FieldPath;
  readonly direction: 1 | -1;
}

/** A place between documents: before or after those whose order begins with these values. */
export interface Cursor {
  readonly values: readonly Value[];
  readonly before: boolean;
}

/**
 * The full order of a result: what the query asks for, then the fields it filters by inequality, then the name.
 * @see google.firestore.v1.StructuredQuery.order_by
 */
export function ordersOf(
  wires: readonly google.firestore.v1.StructuredQuery.IOrder[],
  filter: Filter,
): readonly Order[] {
  const asked = wires.map(parseOrder);
  checkOrders(asked);
  const direction = asked.at(-1)?.direction ?? 1;
  const implied = [...inequalityPaths(filter), NAME].map((path) => ({path, direction}));
  const orders = withoutRepeats([...asked, ...implied]);
  checkKeyScan(orders, filter);
  return orders.slice(0, orders.findIndex(({path}) => isNamePath(path)) + 1);
}

/** Compares as many values as both have. */
export function compareKeys(a: readonly Value[], b: readonly Value[], orders: readonly Order[]): number {
  for (const [i, {direction}] of orders.entries()) {
    const [left, right] = [a[i], b[i]];
    if (left === undefined || right === undefined) return 0;
    const order = compareValues(left, right);
    if (order !== 0) return order * direction;
  }
  return 0;
}

/** @param asked the orders that the query itself gives; a cursor may have a value for each of them */
export function parseCursor(
  wire: google.firestore.v1.ICursor | null | undefined,
  asked: readonly Order[],
): Cursor | undefined {
  if (wire == null) return undefined;
  const values = (wire.values ?? []).map((value) => parseValue(value));
  if (values.length > asked.length) throw new ApiError('INVALID_ARGUMENT', 'Cursor has too many values.');
  if (
    asked.some(({path}, i) => isNamePath(path) && values[i] !== undefined && !('referenceValue' in values[i]))
  ) {
    throw new ApiError('INVALID_ARGUMENT', 'A cursor value for __name__ must be a reference.');
  }
  return {values, before: wire.before ?? false};
}

function parseOrder({field, direction}: google.firestore.v1.StructuredQuery.IOrder): Order {
  return {path: parseFieldPath(field?.fieldPath), direction: String(direction) === 'DESCENDING' ? -1 : 1};
}

function checkOrders(orders: readonly Order[]): void {
  const repeated = orders.find((order, i) => orders.findIndex(samePath(order)) < i);
  if (repeated !== undefined) {
    const field = repeated.path.join('.');
    throw new ApiError('INVALID_ARGUMENT', `order by clause cannot contain duplicate fields ${field}`);
  }
  if (orders.slice(0, -1).some(({path}) => isNamePath(path))) {
    throw new ApiError('INVALID_ARGUMENT', 'order by clause cannot contain more fields after the key');
  }
}

/** Firestore keeps no index of names alone that runs backwards. */
function checkKeyScan([first]: readonly Order[], filter: Filter): void {
  if (first === undefined || first.direction === 1 || !isNamePath(first.path)) return;
  if (conditionsOf(filter).some(({op, path}) => !INEQUALITIES.has(op) && !isNamePath(path))) return;
  throw new ApiError('FAILED_PRECONDITION', 'Firestore does not support descending key scans');
}

function inequalityPaths(filter: Filter): readonly FieldPath[] {
  return conditionsOf(filter)
    .filter(({op}) => INEQUALITIES.has(op))
    .map(({path}) => path)
    .sort((a, b) => compareStrings(a.join('\0'), b.join('\0')));
}

function withoutRepeats(orders: readonly Order[]): readonly Order[] {
  return orders.filter((order, i) => orders.findIndex(samePath(order)) === i);
}

function samePath({path}: Order): (other: Order) => boolean {
  const text = path.join('\0');
  return (other) => other.path.join('\0') === text;
}
