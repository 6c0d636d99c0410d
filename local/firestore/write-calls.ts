import {randomBytes} from 'node:crypto';
import {ApiError} from '../api-error.ts';
import type {Commit, Committer} from './committer.ts';
import type {google} from './protocol.ts';
import {collectionPath, documentsRoot, parentName, rootOf} from './resource-name.ts';
import {timestampOf} from './timestamp.ts';
import type {Transactions} from './transactions.ts';
import {wireDocument, wireValues} from './wire-document.ts';
import {parseMask, parseWrite, type WriteOutcome} from './write.ts';

/** The calls that change documents, and those that open and close transactions. */
export function writeCalls(committer: Committer, transactions: Transactions) {
  /** @returns the document as the write left it */
  async function writeOne(
    wire: google.firestore.v1.IWrite & {update: google.firestore.v1.IDocument},
    mask: google.firestore.v1.IDocumentMask | null | undefined,
  ): Promise<google.firestore.v1.IDocument> {
    const {outcomes} = await committer.commit([parseWrite(wire, rootOf(wire.update.name ?? ''))]);
    const document = outcomes[0]?.document;
    return document === undefined ? {} : wireDocument(document, parseMask(mask));
  }

  return {
    createDocument(
      request: google.firestore.v1.ICreateDocumentRequest,
    ): Promise<google.firestore.v1.IDocument> {
      const path = collectionPath(parentName(request.parent), request.collectionId);
      const name = `${path}/${request.documentId || randomId()}`;
      const fields = request.document?.fields ?? {};
      return writeOne({update: {name, fields}, currentDocument: {exists: false}}, request.mask);
    },

    updateDocument({
      document,
      updateMask = null,
      currentDocument = null,
      mask,
    }: google.firestore.v1.IUpdateDocumentRequest): Promise<google.firestore.v1.IDocument> {
      return writeOne({update: document ?? {}, updateMask, currentDocument}, mask);
    },

    async deleteDocument({
      name,
      currentDocument = null,
    }: google.firestore.v1.IDeleteDocumentRequest): Promise<object> {
      await committer.commit([parseWrite({delete: name ?? '', currentDocument}, rootOf(name ?? ''))]);
      return {};
    },

    async commit(request: google.firestore.v1.ICommitRequest): Promise<google.firestore.v1.ICommitResponse> {
      const root = documentsRoot(request.database);
      const writes = (request.writes ?? []).map((write) => parseWrite(write, root));
      const commit = request.transaction?.length
        ? await committer.commitTransaction(transactions.use(request.transaction), writes)
        : await committer.commit(writes);
      return {writeResults: commit.outcomes.map(wireResult), commitTime: timestampOf(commit.commitMicros)};
    },

    /** Each write stands for itself: some may fail while others succeed. */
    async batchWrite(
      request: google.firestore.v1.IBatchWriteRequest,
    ): Promise<google.firestore.v1.IBatchWriteResponse> {
      const root = documentsRoot(request.database);
      const writes = (request.writes ?? []).map((write) => parseWrite(write, root));
      if (new Set(writes.map(({name}) => name)).size < writes.length) {
        throw new ApiError(
          'INVALID_ARGUMENT',
          'the same document cannot be written more than once in a single request',
        );
      }
      const settled = await Promise.allSettled(writes.map((write) => committer.commit([write])));
      return {writeResults: settled.map(resultOf), status: settled.map(statusOf)};
    },

    beginTransaction({
      database,
      options,
    }: google.firestore.v1.IBeginTransactionRequest): google.firestore.v1.IBeginTransactionResponse {
      documentsRoot(database);
      return {transaction: Buffer.from(transactions.begin(options).id)};
    },

    rollback({transaction}: google.firestore.v1.IRollbackRequest): object {
      transactions.rollback(transaction ?? Buffer.of());
      return {};
    },
  };
}

function resultOf(settled: PromiseSettledResult<Commit>): google.firestore.v1.IWriteResult {
  const outcome = settled.status === 'fulfilled' ? settled.value.outcomes[0] : undefined;
  return outcome === undefined ? {} : wireResult(outcome);
}

function statusOf(settled: PromiseSettledResult<Commit>): google.rpc.IStatus {
  if (settled.status === 'fulfilled') return {code: 0};
  const {reason} = settled;
  if (reason instanceof ApiError) return {code: reason.code, message: reason.message};
  throw reason;
}

function wireResult({document, transformResults}: WriteOutcome): google.firestore.v1.IWriteResult {
  const updateTime = document === undefined ? null : timestampOf(document.updateMicros);
  return {updateTime, transformResults: wireValues(transformResults)};
}

/** Twenty letters and digits, as the clients make them. */
function randomId(): string {
  return randomBytes(30).toString('base64').replace(/[+/]/g, '').slice(0, 20);
}
