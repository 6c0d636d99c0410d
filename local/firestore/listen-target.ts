import type {Documents, StoredDocument} from './document-store.ts';
import type {google} from './protocol.ts';
import {parseQuery, runQuery} from './query.ts';
import {documentName, documentsRoot} from './resource-name.ts';
import type {Timestamp} from './timestamp.ts';
import {wireDocument} from './wire-document.ts';

type Change = google.firestore.v1.IListenResponse;

/** One thing a listener watches, and what it has been told of it. */
export class ListenTarget {
  readonly id: number;
  readonly #find: (documents: Documents) => readonly StoredDocument[];
  #told = new Map<string, StoredDocument>();

  constructor(wire: google.firestore.v1.ITarget, database: string | null | undefined) {
    this.id = wire.targetId ?? 0;
    this.#find = parseTarget(wire, documentsRoot(database));
  }

  /** What has changed since it was asked last. */
  changes(documents: Documents, readTime: Timestamp): Change[] {
    const found = new Map(this.#find(documents).map((document) => [document.name, document]));
    const put = [...found.values()]
      .filter((document) => this.#told.get(document.name) !== document)
      .map((document) => ({documentChange: {document: wireDocument(document), targetIds: [this.id]}}));
    const gone = [...this.#told.keys()]
      .filter((name) => !found.has(name))
      .map((name) => this.#removal(name, documents.find(name) !== undefined, readTime));
    this.#told = found;
    return [...put, ...gone];
  }

  /** A document may leave a result because it no longer matches, or because it is no more. */
  #removal(document: string, exists: boolean, readTime: Timestamp): Change {
    const removal = {document, removedTargetIds: [this.id], readTime};
    return exists ? {documentRemove: removal} : {documentDelete: removal};
  }
}

function parseTarget(
  {query, documents: wanted}: google.firestore.v1.ITarget,
  root: string,
): (documents: Documents) => readonly StoredDocument[] {
  if (query != null) {
    const parsed = parseQuery(query.parent, query.structuredQuery ?? {});
    return (documents) => runQuery(documents, parsed);
  }
  const names = (wanted?.documents ?? []).map((name) => documentName(name, root));
  return (documents) => names.map((name) => documents.find(name)).filter((found) => found !== undefined);
}
