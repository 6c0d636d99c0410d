import {ApiError} from '../api-error.ts';

/** https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields */
const MAX_ID_BYTES = 1500;
const DATABASE = /^projects\/[^/]+\/databases\/[^/]+$/;
const REFERENCE = /^projects\/[^/]+\/databases\/[^/]+\/documents(\/[^/]+)*$/;
const RESERVED = /^__.*__$/s;
const NUMERIC_ID = /^__id(-?\d+)__$/;

/** @returns the root of all documents of a database, `projects/P/databases/D/documents` */
export function documentsRoot(database: string | null | undefined): string {
  if (database == null || !DATABASE.test(database)) {
    throw new ApiError('INVALID_ARGUMENT', `Invalid database name "${database ?? ''}".`);
  }
  return `${database}/documents`;
}

/** Checks the full name of a document that a request reads or writes. */
export function documentName(name: string | null | undefined, root = rootOf(name ?? '')): string {
  if (name == null || !name.startsWith(`${root}/`)) {
    throw new ApiError('INVALID_ARGUMENT', `Document name "${name ?? ''}" is not under "${root}".`);
  }
  const ids = name.slice(root.length + 1).split('/');
  if (ids.length % 2 === 1) {
    throw new ApiError('INVALID_ARGUMENT', `Document name "${name}" lacks "/" at index ${name.length}.`);
  }
  for (const id of ids) checkId(id);
  return name;
}

/** Checks where collections may hang: the documents root or a document. */
export function parentName(parent: string | null | undefined): string {
  const root = rootOf(parent ?? '');
  return parent == null || parent === root ? root : documentName(parent, root);
}

/** @returns the full path of a collection below `parent` */
export function collectionPath(parent: string, collectionId: string | null | undefined): string {
  if (collectionId?.includes('/')) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      `Collection id "${collectionId}" is invalid because it contains "/".`,
    );
  }
  return `${parent}/${checkId(collectionId ?? '')}`;
}

/** Checks a reference used as a value: it may name what does not exist, or what could not be written. */
export function referenceName(name: string): string {
  if (REFERENCE.test(name)) return name;
  throw new ApiError('INVALID_ARGUMENT', `Resource name "${name}" is not a document reference.`);
}

/** `…/runs/a` gives `…/runs`; a collection path gives the document (or root) it hangs below. */
export function parentOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/'));
}

export function lastId(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** `projects/P/databases/D/documents/…` gives its first five segments. */
export function rootOf(name: string): string {
  const root = name.split('/', 5).join('/');
  if (REFERENCE.test(root) && root.endsWith('/documents')) return root;
  throw new ApiError('INVALID_ARGUMENT', `Resource name "${name}" lacks "projects/P/databases/D/documents".`);
}

export function isReserved(id: string): boolean {
  return RESERVED.test(id);
}

/** Orders names segment by segment; numeric ids (`__id7__`) come first, the rest by their UTF-8 bytes. */
export function compareNames(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (const [i, id] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const order = id === other ? 0 : compareIds(id, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Orders strings as their UTF-8 bytes do. UTF-16 differs only where a surrogate meets a code unit above it. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y)
      return isSurrogate(x) === isSurrogate(y) ? x - y : Number(isSurrogate(x)) - Number(isSurrogate(y));
  }
  return a.length - b.length;
}

function compareIds(a: string, b: string): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x < y ? -1 : Number(x > y);
  if (x === undefined && y === undefined) return compareStrings(a, b);
  return x === undefined ? 1 : -1;
}

function numberOf(id: string): bigint | undefined {
  const digits = NUMERIC_ID.exec(id)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

function isSurrogate(codeUnit: number): boolean {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff;
}

function checkId(id: string): string {
  if (id === '' || id === '.' || id === '..')
    throw new ApiError('INVALID_ARGUMENT', `Resource id "${id}" is invalid.`);
  if (isReserved(id)) {
    throw new ApiError('INVALID_ARGUMENT', `Resource id "${id}" is invalid because it is reserved.`);
  }
  if (Buffer.byteLength(id) > MAX_ID_BYTES) {
    throw new ApiError('INVALID_ARGUMENT', `The key path element name is longer than ${MAX_ID_BYTES} bytes.`);
  }
  return id;
}
