import {isDeepStrictEqual} from 'node:util';
import {ApiError} from '../api-error.ts';
import {checkDocumentSize} from './document-size.ts';
import type {Changes, Documents, StoredDocument} from './document-store.ts';
import {type FieldPath, parseFieldPath, valueAt, withoutValue, withValue} from './field-path.ts';
import {type FieldTransform, parseFieldTransform} from './field-transform.ts';
import {checkPrecondition, type Precondition, parsePrecondition} from './precondition.ts';
import type {google} from './protocol.ts';
import {documentName} from './resource-name.ts';
import {type Fields, parseFields, type Value} from './value.ts';

/** https://firebase.google.com/docs/firestore/quotas#writes_and_transactions */
const MAX_TRANSFORMS = 500;

/** One write of a commit, checked. */
export interface Write {
  readonly name: string;
  readonly precondition: Precondition;
  /** The document's new fields from its current ones; undefined deletes it. */
  readonly change: {readonly fields: Fields; readonly mask: readonly FieldPath[] | undefined} | undefined;
  readonly transforms: readonly FieldTransform[];
}

/** What a write did. */
export interface WriteOutcome {
  /** The document as the write left it; undefined when there is none. */
  readonly document: StoredDocument | undefined;
  readonly transformResults: readonly Value[];
}

/** @param root the documents root of the database that the request names */
export function parseWrite(wire: google.firestore.v1.IWrite, root: string): Write {
  const precondition = parsePrecondition(wire.currentDocument);
  if (wire.delete != null) {
    return {name: documentName(wire.delete, root), precondition, change: undefined, transforms: []};
  }
  if (wire.transform != null) {
    const {document, fieldTransforms} = wire.transform;
    const transforms = parseTransforms(fieldTransforms);
    return {name: documentName(document, root), precondition, change: {fields: {}, mask: []}, transforms};
  }
  if (wire.update == null) throw new ApiError('INVALID_ARGUMENT', 'empty write operation');
  return {
    name: documentName(wire.update.name, root),
    precondition,
    change: {fields: parseFields(wire.update.fields ?? {}), mask: parseMask(wire.updateMask)},
    transforms: parseTransforms(wire.updateTransforms),
  };
}

/** @returns undefined for no mask at all, which is not the same as an empty one */
export function parseMask(
  wire: google.firestore.v1.IDocumentMask | null | undefined,
): readonly FieldPath[] | undefined {
  return wire == null ? undefined : (wire.fieldPaths ?? []).map(parseFieldPath);
}

/**
 * Works out what the writes of one commit do, one after the other, without doing it.
 * @throws ApiError when a precondition does not hold or a document grows too large; then none of them may happen
 */
export function planWrites(
  documents: Documents,
  writes: readonly Write[],
  commitMicros: number,
): {changes: Changes; outcomes: readonly WriteOutcome[]} {
  const changes = new Map<string, StoredDocument | undefined>();
  const outcomes = writes.map((write) => {
    const current = changes.has(write.name) ? changes.get(write.name) : documents.find(write.name);
    checkPrecondition(write.precondition, write.name, current);
    const outcome = applyWrite(write, current, commitMicros);
    if (outcome.document !== current) changes.set(write.name, outcome.document);
    return outcome;
  });
  return {changes, outcomes};
}

function applyWrite(write: Write, current: StoredDocument | undefined, commitMicros: number): WriteOutcome {
  if (write.change === undefined) return {document: undefined, transformResults: []};
  const transformResults: Value[] = [];
  let fields = changedFields(write.change, current?.fields ?? {});
  for (const transform of write.transforms) {
    const {value, result} = transform.apply(valueAt(fields, transform.path), commitMicros);
    fields = withValue(fields, transform.path, value);
    transformResults.push(result);
  }
  // A write that changes nothing keeps the update time (google.firestore.v1.WriteResult.update_time).
  if (current !== undefined && isDeepStrictEqual(fields, current.fields)) {
    return {document: current, transformResults};
  }
  checkDocumentSize(write.name, fields);
  const createMicros = current?.createMicros ?? commitMicros;
  return {
    document: {name: write.name, fields, createMicros, updateMicros: commitMicros},
    transformResults,
  };
}

/** A masked field that the write does not give is deleted; a field outside the mask stays. */
function changedFields({fields, mask}: NonNullable<Write['change']>, current: Fields): Fields {
  if (mask === undefined) return fields;
  return mask.reduce((changed, path) => {
    const value = valueAt(fields, path);
    return value === undefined ? withoutValue(changed, path) : withValue(changed, path, value);
  }, current);
}

function parseTransforms(
  wires: readonly google.firestore.v1.DocumentTransform.IFieldTransform[] | null | undefined,
): readonly FieldTransform[] {
  const transforms = (wires ?? []).map(parseFieldTransform);
  if (transforms.length <= MAX_TRANSFORMS) return transforms;
  throw new ApiError(
    'INVALID_ARGUMENT',
    `Cannot apply more than ${MAX_TRANSFORMS} field transforms to a document.`,
  );
}
