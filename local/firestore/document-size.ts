import {ApiError} from '../api-error.ts';
import {rootOf} from './resource-name.ts';
import type {Fields, Value} from './value.ts';

const MAX_DOCUMENT_BYTES = 1_048_576;
const DOCUMENT_OVERHEAD_BYTES = 32;
const NAME_OVERHEAD_BYTES = 16;

/** Throws INVALID_ARGUMENT for a document over 1 MiB, counted as in https://firebase.google.com/docs/firestore/storage-size. */
export function checkDocumentSize(name: string, fields: Fields): void {
  const bytes = nameBytes(name) + fieldsBytes(fields) + DOCUMENT_OVERHEAD_BYTES;
  if (bytes <= MAX_DOCUMENT_BYTES) return;
  throw new ApiError(
    'INVALID_ARGUMENT',
    `Document '${name}' cannot be written because its size (${bytes} bytes) exceeds the maximum allowed size of ${MAX_DOCUMENT_BYTES} bytes.`,
  );
}

function nameBytes(name: string): number {
  const path = name.slice(rootOf(name).length + 1);
  return Buffer.byteLength(path) + 1 + NAME_OVERHEAD_BYTES;
}

function fieldsBytes(fields: Fields): number {
  return sum(Object.entries(fields).map(([name, value]) => stringBytes(name) + valueBytes(value)));
}

function valueBytes(value: Value): number {
  if ('stringValue' in value) return stringBytes(value.stringValue);
  if ('bytesValue' in value) return Buffer.byteLength(value.bytesValue, 'base64');
  if ('referenceValue' in value) return nameBytes(value.referenceValue);
  if ('arrayValue' in value) return sum(value.arrayValue.values.map(valueBytes));
  if ('mapValue' in value) return fieldsBytes(value.mapValue.fields);
  if ('geoPointValue' in value) return 16;
  return 'nullValue' in value || 'booleanValue' in value ? 1 : 8;
}

function stringBytes(text: string): number {
  return Buffer.byteLength(text) + 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
