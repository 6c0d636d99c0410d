import {compareNames, compareStrings} from './resource-name.ts';
import {compareTimestamps} from './timestamp.ts';
import type {Fields, GeoPoint, Value} from './value.ts';

/** https://firebase.google.com/docs/firestore/manage-data/data-types#value_type_ordering */
const TYPES_IN_ORDER = [
  ['nullValue'],
  ['booleanValue'],
  ['integerValue', 'doubleValue'],
  ['timestampValue'],
  ['stringValue'],
  ['bytesValue'],
  ['referenceValue'],
  ['geoPointValue'],
  ['arrayValue'],
  ['mapValue'],
];
const RANKS = new Map(TYPES_IN_ORDER.flatMap((types, rank) => types.map((type) => [type, rank])));

/** Firestore's one order of all values: by type, then by value; integers and doubles mix, NaN is the least number. */
export function compareValues(a: Value, b: Value): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return compareNumbers(x, y);
  if (typeRank(a) !== typeRank(b)) return typeRank(a) - typeRank(b);
  if ('stringValue' in a && 'stringValue' in b) return compareStrings(a.stringValue, b.stringValue);
  if ('booleanValue' in a && 'booleanValue' in b) return Number(a.booleanValue) - Number(b.booleanValue);
  return compareStructured(a, b);
}

/** Values of one rank can be compared by a range filter. */
export function typeRank(value: Value): number {
  const type = Object.keys(value)[0] ?? '';
  return RANKS.get(type) ?? -1;
}

export function isNaNValue(value: Value): boolean {
  return 'doubleValue' in value && value.doubleValue === 'NaN';
}

/** An integer exactly, a double as it is, and undefined for what is no number. */
export function numberOf(value: Value): bigint | number | undefined {
  if ('integerValue' in value) return BigInt(value.integerValue);
  if ('doubleValue' in value) return Number(value.doubleValue);
  return undefined;
}

/** JavaScript compares a bigint with a double without rounding either. */
function compareNumbers(a: bigint | number, b: bigint | number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a < b ? -1 : Number(a > b);
}

function compareStructured(a: Value, b: Value): number {
  if ('timestampValue' in a && 'timestampValue' in b)
    return compareTimestamps(a.timestampValue, b.timestampValue);
  if ('bytesValue' in a && 'bytesValue' in b) return compareBytes(a.bytesValue, b.bytesValue);
  if ('referenceValue' in a && 'referenceValue' in b) return compareNames(a.referenceValue, b.referenceValue);
  if ('geoPointValue' in a && 'geoPointValue' in b) return compareGeoPoints(a.geoPointValue, b.geoPointValue);
  if ('arrayValue' in a && 'arrayValue' in b) return compareArrays(a.arrayValue.values, b.arrayValue.values);
  if ('mapValue' in a && 'mapValue' in b) return compareMaps(a.mapValue.fields, b.mapValue.fields);
  return 0;
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'base64'), Buffer.from(b, 'base64'));
}

function compareGeoPoints(a: GeoPoint, b: GeoPoint): number {
  return a.latitude - b.latitude || a.longitude - b.longitude;
}

function compareArrays(a: readonly Value[], b: readonly Value[]): number {
  for (const [i, value] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    const order = compareValues(value, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Maps compare as lists of key and value, in the order of their keys. */
function compareMaps(a: Fields, b: Fields): number {
  const right = sortedEntries(b);
  for (const [i, [key, value]] of sortedEntries(a).entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const order = compareStrings(key, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return Object.keys(a).length - right.length;
}

function sortedEntries(fields: Fields): [string, Value][] {
  return Object.entries(fields).sort(([a], [b]) => compareStrings(a, b));
}
