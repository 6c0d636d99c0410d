import {ApiError} from '../api-error.ts';
import type {google} from './protocol.ts';
import {isReserved, referenceName} from './resource-name.ts';
import {parseTimestamp, type Timestamp} from './timestamp.ts';

/** https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields */
const MAX_DEPTH = 20;
const MAX_FIELD_NAME_BYTES = 1500;
const MAX_STRING_BYTES = 1_048_487;

/**
 * A field value as it is kept: the protocol's JSON spelling, one key each, so that it outlives a restart unchanged.
 * 64-bit integers are decimal strings, bytes are base64, and the doubles that JSON has no number for are words.
 */
export type Value =
  | {readonly nullValue: 'NULL_VALUE'}
  | {readonly booleanValue: boolean}
  | {readonly integerValue: string}
  | {readonly doubleValue: number | 'NaN' | 'Infinity' | '-Infinity' | '-0'}
  | {readonly timestampValue: Timestamp}
  | {readonly stringValue: string}
  | {readonly bytesValue: string}
  | {readonly referenceValue: string}
  | {readonly geoPointValue: GeoPoint}
  | {readonly arrayValue: {readonly values: readonly Value[]}}
  | {readonly mapValue: {readonly fields: Fields}};

export type Fields = Readonly<Record<string, Value>>;

export interface GeoPoint {
  readonly latitude: number;
  readonly longitude: number;
}

export const NULL: Value = {nullValue: 'NULL_VALUE'};

/** Any double, also one that JSON cannot spell. */
export function doubleValue(value: number): Value {
  if (Object.is(value, -0)) return {doubleValue: '-0'};
  if (Number.isNaN(value)) return {doubleValue: 'NaN'};
  if (Number.isFinite(value)) return {doubleValue: value};
  return {doubleValue: value > 0 ? 'Infinity' : '-Infinity'};
}

/** The elements of an array; of anything else, none. */
export function elementsOf(value: Value): readonly Value[] {
  return 'arrayValue' in value ? value.arrayValue.values : [];
}

/** Checks the fields of a document, or of a map that lies `depth` containers deep in one. */
export function parseFields(wire: {[name: string]: google.firestore.v1.IValue}, depth = 1): Fields {
  return Object.fromEntries(
    Object.entries(wire).map(([name, value]) => [checkFieldName(name), parseValue(value, depth)]),
  );
}

/**
 * Checks a value that came over the wire.
 * @param depth how many containers it lies in
 * @throws ApiError INVALID_ARGUMENT for what Firestore does not store: nested arrays, 21 levels, unset values
 */
export function parseValue(wire: google.firestore.v1.IValue, depth = 0): Value {
  if (depth > MAX_DEPTH)
    throw new ApiError('INVALID_ARGUMENT', 'Property contains an invalid nested entity.');
  if (wire.nullValue != null) return NULL;
  if (wire.booleanValue != null) return {booleanValue: wire.booleanValue};
  if (wire.integerValue != null) return {integerValue: String(wire.integerValue)};
  if (wire.doubleValue != null) return doubleValue(wire.doubleValue);
  if (wire.timestampValue != null) return {timestampValue: parseTimestamp(wire.timestampValue)};
  if (wire.stringValue != null) return {stringValue: checkString(wire.stringValue)};
  if (wire.bytesValue != null) return {bytesValue: Buffer.from(wire.bytesValue).toString('base64')};
  if (wire.referenceValue != null) return {referenceValue: referenceName(wire.referenceValue)};
  return parseContainer(wire, depth);
}

function parseContainer(wire: google.firestore.v1.IValue, depth: number): Value {
  if (wire.geoPointValue != null) return {geoPointValue: parseGeoPoint(wire.geoPointValue)};
  if (wire.mapValue != null) return {mapValue: {fields: parseFields(wire.mapValue.fields ?? {}, depth + 1)}};
  if (wire.arrayValue == null) {
    throw new ApiError('INVALID_ARGUMENT', 'Cannot convert firestore.v1.Value with type unset.');
  }
  const values = wire.arrayValue.values ?? [];
  if (values.some((value) => value.arrayValue != null)) {
    throw new ApiError('INVALID_ARGUMENT', 'Cannot convert an array value in an array value.');
  }
  return {arrayValue: {values: values.map((value) => parseValue(value, depth + 1))}};
}

function parseGeoPoint(wire: google.type.ILatLng): GeoPoint {
  const point = {latitude: wire.latitude ?? 0, longitude: wire.longitude ?? 0};
  if (Math.abs(point.latitude) <= 90 && Math.abs(point.longitude) <= 180) return point;
  throw new ApiError(
    'INVALID_ARGUMENT',
    `Geo point (${point.latitude}, ${point.longitude}) is outside the permitted range.`,
  );
}

function checkString(text: string): string {
  if (text.length * 3 <= MAX_STRING_BYTES || Buffer.byteLength(text) <= MAX_STRING_BYTES) return text;
  throw new ApiError('INVALID_ARGUMENT', `The value of a property is longer than ${MAX_STRING_BYTES} bytes.`);
}

function checkFieldName(name: string): string {
  if (name === '') throw new ApiError('INVALID_ARGUMENT', 'field name is empty');
  if (isReserved(name)) throw new ApiError('INVALID_ARGUMENT', `field name ${name} is reserved`);
  if (Buffer.byteLength(name) > MAX_FIELD_NAME_BYTES) {
    throw new ApiError('INVALID_ARGUMENT', `The property.name is longer than ${MAX_FIELD_NAME_BYTES} bytes.`);
  }
  return name;
}
