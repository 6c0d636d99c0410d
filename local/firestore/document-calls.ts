import {ApiError} from '../api-error.ts';
import type {Caller} from './calls.ts';
import type {Documents} from './document-store.ts';
import {documentLocks, queryLocks} from './lock-sets.ts';
import {pageOf} from './page.ts';
import type {google} from './protocol.ts';
import type {Reader} from './reader.ts';
import {collectionPath, documentName, documentsRoot, lastId, parentName} from './resource-name.ts';
import {wireDocument} from './wire-document.ts';
import {parseMask} from './write.ts';

/** The calls that read documents by name and list what there is. */
export function documentCalls(reader: Reader) {
  return {
    async getDocument(
      request: google.firestore.v1.IGetDocumentRequest,
      caller: Caller,
    ): Promise<google.firestore.v1.IDocument> {
      const name = documentName(request.name);
      const {documents} = await reader.open(request, documentLocks([name]), caller);
      const document = documents.find(name);
      if (document === undefined) throw new ApiError('NOT_FOUND', `Document (${name}) not found.`);
      return wireDocument(document, parseMask(request.mask));
    },

    async batchGetDocuments(
      request: google.firestore.v1.IBatchGetDocumentsRequest,
      caller: Caller,
    ): Promise<google.firestore.v1.IBatchGetDocumentsResponse[]> {
      const root = documentsRoot(request.database);
      const names = (request.documents ?? []).map((name) => documentName(name, root));
      const mask = parseMask(request.mask);
      const {documents, readTime, begun} = await reader.open(request, documentLocks(names), caller);
      const answers = names.map((name) => {
        const document = documents.find(name);
        return document === undefined
          ? {missing: name, readTime}
          : {found: wireDocument(document, mask), readTime};
      });
      return begun === undefined ? answers : [{transaction: begun, readTime}, ...answers];
    },

    async listDocuments(
      request: google.firestore.v1.IListDocumentsRequest,
      caller: Caller,
    ): Promise<google.firestore.v1.IListDocumentsResponse> {
      if (request.orderBy) throw new ApiError('UNIMPLEMENTED', 'order_by is not implemented.');
      const parent = parentName(request.parent);
      const path = collectionPath(parent, request.collectionId);
      const mask = parseMask(request.mask);
      const wanted = queryLocks({parent, collectionId: lastId(path), allDescendants: false});
      const {documents} = await reader.open(request, wanted, caller);
      const present = [...documents.inCollection(path)].map(({name}) => name);
      // Something lies below these documents, so that they are listed though they do not exist.
      const missing = request.showMissing ? childrenOf(documents, path) : [];
      const {names, nextPageToken} = pageOf(new Set([...present, ...missing]), request);
      const page = names.map((name) => {
        const document = documents.find(name);
        return document === undefined ? {name} : wireDocument(document, mask);
      });
      return {documents: page, nextPageToken};
    },

    async listCollectionIds(
      request: google.firestore.v1.IListCollectionIdsRequest,
      caller: Caller,
    ): Promise<google.firestore.v1.IListCollectionIdsResponse> {
      const parent = parentName(request.parent);
      const {documents} = await reader.open({readTime: request.readTime ?? null}, new Map(), caller);
      const {names, nextPageToken} = pageOf(childrenOf(documents, parent), request);
      return {collectionIds: names.map(lastId), nextPageToken};
    },
  };
}

/** The paths one step below `path` on the way to any document. */
function childrenOf(documents: Documents, path: string): Set<string> {
  const depth = path.split('/').length;
  const below = [...documents.collectionPaths()].filter((collection) => collection.startsWith(`${path}/`));
  return new Set(below.map((collection) => collection.split('/', depth + 1).join('/')));
}
