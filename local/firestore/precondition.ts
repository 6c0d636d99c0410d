import {ApiError} from '../api-error.ts';
import type {StoredDocument} from './document-store.ts';
import type {google} from './protocol.ts';
import {microsOf} from './timestamp.ts';

/** What must hold of a document for a write to happen; the empty object holds always. */
export interface Precondition {
  readonly exists?: boolean;
  readonly updateMicros?: number;
}

export function parsePrecondition(wire: google.firestore.v1.IPrecondition | null | undefined): Precondition {
  if (wire?.updateTime != null) return {updateMicros: microsOf(wire.updateTime)};
  return wire?.exists == null ? {} : {exists: wire.exists};
}

/** @throws ApiError ALREADY_EXISTS, NOT_FOUND or FAILED_PRECONDITION when it does not hold */
export function checkPrecondition(
  {exists, updateMicros}: Precondition,
  name: string,
  current: StoredDocument | undefined,
): void {
  if (exists === false && current !== undefined) {
    throw new ApiError('ALREADY_EXISTS', `Document already exists: ${name}`);
  }
  if (exists === true && current === undefined) {
    throw new ApiError('NOT_FOUND', `No document to update: ${name}`);
  }
  if (updateMicros !== undefined && updateMicros !== current?.updateMicros) {
    throw new ApiError(
      'FAILED_PRECONDITION',
      `The stored version (${current?.updateMicros ?? 0}) does not match the required base version (${updateMicros})`,
    );
  }
}
