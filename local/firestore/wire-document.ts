import type {StoredDocument} from './document-store.ts';
import {type FieldPath, masked} from './field-path.ts';
import type {google} from './protocol.ts';
import {timestampOf} from './timestamp.ts';
import type {Fields, Value} from './value.ts';

/** A document as an answer carries it, cut down to the mask when there is one. */
export function wireDocument(
  {name, fields, createMicros, updateMicros}: StoredDocument,
  mask?: readonly FieldPath[],
): google.firestore.v1.IDocument {
  return {
    name,
    fields: wireFields(masked(fields, mask)),
    createTime: timestampOf(createMicros),
    updateTime: timestampOf(updateMicros),
  };
}

/** The encoder reads the protocol's JSON spelling, base64 and `NaN` included; its types tell only of bytes and numbers. */
export function wireFields(fields: Fields): {[name: string]: google.firestore.v1.IValue} {
  return fields as {[name: string]: google.firestore.v1.IValue};
}

/** As `wireFields`, for values without names. */
export function wireValues(values: readonly Value[]): google.firestore.v1.IValue[] {
  return values as google.firestore.v1.IValue[];
}
