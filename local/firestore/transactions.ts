import {randomUUID} from 'node:crypto';
import {ApiError} from '../api-error.ts';
import type {DocumentStore} from './document-store.ts';
import type {LockSet, Locks} from './locks.ts';
import type {google} from './protocol.ts';
import {microsOf} from './timestamp.ts';

/** https://firebase.google.com/docs/firestore/quotas#writes_and_transactions */
const LIFE_MS = 270_000;
const IDLE_MS = 60_000;

/** An open transaction. `readMicros` is when a read-only one looks; a read-write one locks and looks at the present. */
export interface Transaction {
  readonly id: string;
  readonly readMicros: number | undefined;
  readonly endsAtMs: number;
}

/** The open transactions. They live in memory: a restart closes them all, and the client runs them again. */
export class Transactions {
  readonly #store: DocumentStore;
  readonly #locks: Locks;
  readonly #open = new Map<string, Transaction>();
  readonly #expiries = new Map<string, NodeJS.Timeout>();

  constructor(store: DocumentStore, locks: Locks) {
    this.#store = store;
    this.#locks = locks;
  }

  begin(options: google.firestore.v1.ITransactionOptions | null | undefined): Transaction {
    const readMicros = options?.readOnly == null ? undefined : this.#snapshotMicros(options.readOnly);
    const transaction = {id: randomUUID(), readMicros, endsAtMs: Date.now() + LIFE_MS};
    this.#open.set(transaction.id, transaction);
    this.#keepAlive(transaction);
    return transaction;
  }

  /**
   * The transaction a request names, kept from idling out.
   * @throws ApiError INVALID_ARGUMENT in the words that make the client start over
   */
  use(id: Uint8Array): Transaction {
    const transaction = this.#open.get(Buffer.from(id).toString());
    if (transaction === undefined) {
      throw new ApiError('INVALID_ARGUMENT', 'The referenced transaction has expired or is no longer valid.');
    }
    this.#keepAlive(transaction);
    return transaction;
  }

  /** Closes a transaction without a commit. One that is closed already stays so. */
  rollback(id: Uint8Array): void {
    const transaction = this.#open.get(Buffer.from(id).toString());
    if (transaction !== undefined) this.end(transaction);
  }

  /** Waits until the transaction has the locks. One that is refused a lock is over. */
  async lock(transaction: Transaction, wanted: LockSet): Promise<void> {
    try {
      await this.#locks.acquire(transaction, wanted);
    } catch (error) {
      this.end(transaction);
      throw error;
    }
  }

  /** Closes the transaction, however it went, and lets the next ones at its documents. */
  end(transaction: Transaction): void {
    clearTimeout(this.#expiries.get(transaction.id));
    this.#expiries.delete(transaction.id);
    this.#open.delete(transaction.id);
    this.#locks.release(transaction);
  }

  #snapshotMicros({readTime}: google.firestore.v1.TransactionOptions.IReadOnly): number {
    const readMicros = readTime == null ? this.#store.clock.readMicros() : microsOf(readTime);
    this.#store.at(readMicros);
    return readMicros;
  }

  #keepAlive(transaction: Transaction): void {
    clearTimeout(this.#expiries.get(transaction.id));
    const delayMs = Math.min(IDLE_MS, transaction.endsAtMs - Date.now());
    this.#expiries.set(transaction.id, setTimeout(() => this.end(transaction), delayMs).unref());
  }
}
