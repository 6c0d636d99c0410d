import {ApiError} from '../api-error.ts';
import type {Caller} from './calls.ts';
import type {DocumentStore, Documents} from './document-store.ts';
import type {LockSet} from './locks.ts';
import type {google} from './protocol.ts';
import {microsOf, type Timestamp, timestampOf} from './timestamp.ts';
import type {Transaction, Transactions} from './transactions.ts';

/** The ways a request may say what it wants to see; at most one of them. */
export interface Consistency {
  readonly transaction?: Uint8Array | null;
  readonly newTransaction?: google.firestore.v1.ITransactionOptions | null;
  readonly readTime?: google.protobuf.ITimestamp | null;
}

/** What a read sees. */
export interface View {
  readonly documents: Documents;
  readonly readTime: Timestamp;
  /** The id of the transaction that the read began. */
  readonly begun: Uint8Array | undefined;
}

/** Opens the documents for reads: the present, the past, or the present under a transaction's locks. */
export class Reader {
  readonly #store: DocumentStore;
  readonly #transactions: Transactions;

  constructor(store: DocumentStore, transactions: Transactions) {
    this.#store = store;
    this.#transactions = transactions;
  }

  /** @param wanted what a read-write transaction has to lock before it reads */
  async open(consistency: Consistency, wanted: LockSet, caller: Caller): Promise<View> {
    const {transaction: id, newTransaction, readTime} = consistency;
    if (newTransaction != null) {
      const transaction = this.#transactions.begin(newTransaction);
      return {...(await this.#under(transaction, wanted, caller)), begun: Buffer.from(transaction.id)};
    }
    if (id?.length) return this.#under(this.#transactions.use(id), wanted, caller);
    return readTime == null ? this.#now() : this.#at(microsOf(readTime));
  }

  async #under(transaction: Transaction, wanted: LockSet, caller: Caller): Promise<View> {
    if (transaction.readMicros !== undefined) return this.#at(transaction.readMicros);
    await this.#transactions.lock(transaction, wanted);
    if (caller.cancelled) {
      // Nobody would ever release the locks that came too late.
      this.#transactions.end(transaction);
      throw new ApiError('CANCELLED', 'The caller hung up while it waited for a lock.');
    }
    return this.#now();
  }

  #now(): View {
    return {documents: this.#store, readTime: timestampOf(this.#store.clock.readMicros()), begun: undefined};
  }

  #at(micros: number): View {
    return {documents: this.#store.at(micros), readTime: timestampOf(micros), begun: undefined};
  }
}
