import type {Server} from '@grpc/grpc-js';
import type {State} from '../state.ts';
import {serverStream, unary} from './calls.ts';
import {Committer} from './committer.ts';
import {documentCalls} from './document-calls.ts';
import {DocumentStore} from './document-store.ts';
import {listen} from './listen.ts';
import {Locks} from './locks.ts';
import {firestoreService} from './protocol.ts';
import {queryCalls} from './query-calls.ts';
import {Reader} from './reader.ts';
import {Transactions} from './transactions.ts';
import {writeCalls} from './write-calls.ts';

/**
 * Adds `google.firestore.v1.Firestore` to a gRPC server: every project and database the clients name, kept in the state.
 * The server must accept requests of 10 MiB (`grpc.max_receive_message_length`). Calls that are missing here answer UNIMPLEMENTED.
 */
export function addFirestore(server: Server, state: State): void {
  const store = new DocumentStore(state);
  const locks = new Locks();
  const transactions = new Transactions(store, locks);
  const reader = new Reader(store, transactions);
  const documents = documentCalls(reader);
  const queries = queryCalls(reader);
  const writes = writeCalls(new Committer(store, locks, transactions), transactions);
  server.addService(firestoreService, {
    GetDocument: unary(documents.getDocument),
    ListDocuments: unary(documents.listDocuments),
    ListCollectionIds: unary(documents.listCollectionIds),
    BatchGetDocuments: serverStream(documents.batchGetDocuments),
    RunQuery: serverStream(queries.runQuery),
    RunAggregationQuery: serverStream(queries.runAggregationQuery),
    CreateDocument: unary(writes.createDocument),
    UpdateDocument: unary(writes.updateDocument),
    DeleteDocument: unary(writes.deleteDocument),
    Commit: unary(writes.commit),
    BatchWrite: unary(writes.batchWrite),
    BeginTransaction: unary(writes.beginTransaction),
    Rollback: unary(writes.rollback),
    Listen: listen(store),
  });
}
