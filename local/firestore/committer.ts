import {ApiError} from '../api-error.ts';
import type {DocumentStore} from './document-store.ts';
import {documentLocks} from './lock-sets.ts';
import type {Locks} from './locks.ts';
import type {Transaction, Transactions} from './transactions.ts';
import {planWrites, type Write, type WriteOutcome} from './write.ts';

export interface Commit {
  readonly commitMicros: number;
  readonly outcomes: readonly WriteOutcome[];
}

/** The one way that documents change: all writes of a commit or none, after every transaction that holds them. */
export class Committer {
  readonly #store: DocumentStore;
  readonly #locks: Locks;
  readonly #transactions: Transactions;

  constructor(store: DocumentStore, locks: Locks, transactions: Transactions) {
    this.#store = store;
    this.#locks = locks;
    this.#transactions = transactions;
  }

  async commit(writes: readonly Write[]): Promise<Commit> {
    const owner = {};
    await this.#locks.acquire(owner, documentLocks(writes.map(({name}) => name)));
    try {
      return this.#write(writes);
    } finally {
      this.#locks.release(owner);
    }
  }

  /** Commits and closes a transaction; a refused commit closes it too. */
  async commitTransaction(transaction: Transaction, writes: readonly Write[]): Promise<Commit> {
    try {
      if (transaction.readMicros !== undefined && writes.length > 0) {
        throw new ApiError('INVALID_ARGUMENT', 'Cannot modify entities in a read-only transaction.');
      }
      await this.#transactions.lock(transaction, documentLocks(writes.map(({name}) => name)));
      return this.#write(writes);
    } finally {
      this.#transactions.end(transaction);
    }
  }

  #write(writes: readonly Write[]): Commit {
    const commitMicros = this.#store.clock.commitMicros();
    const {changes, outcomes} = planWrites(this.#store, writes, commitMicros);
    this.#store.commit(changes, commitMicros);
    return {commitMicros, outcomes};
  }
}
