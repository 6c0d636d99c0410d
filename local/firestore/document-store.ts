import {ApiError} from '../api-error.ts';
import type {Collection, State} from '../state.ts';
import {CommitClock} from './commit-clock.ts';
import {parentOf} from './resource-name.ts';
import type {Fields} from './value.ts';

/** How far back a read may ask. Firestore keeps an hour; a read-only transaction lives 270 seconds at most. */
const RETENTION_MICROS = 300 * 1e6;

/** A document as it is kept. Times are microseconds since the epoch. */
export interface StoredDocument {
  readonly name: string;
  readonly fields: Fields;
  readonly createMicros: number;
  readonly updateMicros: number;
}

/** All documents as they are at one instant. */
export interface Documents {
  find(name: string): StoredDocument | undefined;
  /** The documents directly in a collection, in no order. */
  inCollection(path: string): Iterable<StoredDocument>;
  /** Full paths of the collections that have documents. */
  collectionPaths(): Iterable<string>;
}

/** What one commit does: the new document under each name, undefined where it was deleted. */
export type Changes = ReadonlyMap<string, StoredDocument | undefined>;

interface Superseded {
  readonly name: string;
  readonly untilMicros: number;
  readonly document: StoredDocument | undefined;
}

/** The current documents, durable, and the recent past in memory. */
export class DocumentStore implements Documents {
  readonly clock: CommitClock;
  readonly #state: State;
  readonly #stored: Collection<StoredDocument>;
  readonly #collections = new Map<string, Map<string, StoredDocument>>();
  /** What each commit replaced, oldest first. */
  readonly #past: Superseded[] = [];
  readonly #pastSinceMicros: number;
  readonly #watchers = new Set<() => void>();

  constructor(state: State) {
    this.#state = state;
    this.#stored = state.collection('firestore/documents');
    let lastMicros = 0;
    for (const document of this.#stored.values()) {
      this.#index(document.name, document);
      lastMicros = Math.max(lastMicros, document.updateMicros);
    }
    this.clock = new CommitClock(lastMicros);
    this.#pastSinceMicros = this.clock.readMicros();
  }

  find(name: string): StoredDocument | undefined {
    return this.#stored.get(name);
  }

  inCollection(path: string): Iterable<StoredDocument> {
    return this.#collections.get(path)?.values() ?? [];
  }

  collectionPaths(): Iterable<string> {
    return this.#collections.keys();
  }

  /** Writes all changes of one commit or, when the process is killed, none. */
  commit(changes: Changes, commitMicros: number): void {
    this.#state.atomically(() => {
      for (const [name, document] of changes) {
        if (document === undefined) this.#stored.delete(name);
        else this.#stored.set(name, document);
      }
    });
    for (const [name, document] of changes) {
      this.#past.push({name, untilMicros: commitMicros, document: this.#indexed(name)});
      this.#index(name, document);
    }
    this.#forgetBefore(commitMicros - RETENTION_MICROS);
    for (const notify of this.#watchers) notify();
  }

  /**
   * The documents as they were at an instant.
   * @throws ApiError INVALID_ARGUMENT for the future, FAILED_PRECONDITION for a time too long ago
   */
  at(readMicros: number): Documents {
    const nowMicros = this.clock.readMicros();
    if (readMicros > nowMicros) {
      throw new ApiError('INVALID_ARGUMENT', "The requested 'read_time' cannot be in the future.");
    }
    if (readMicros < Math.max(this.#pastSinceMicros, nowMicros - RETENTION_MICROS)) {
      throw new ApiError('FAILED_PRECONDITION', "The requested 'read_time' is too old.");
    }
    const since = this.#past.findLastIndex(({untilMicros}) => untilMicros <= readMicros) + 1;
    const undone = this.#past.slice(since).reverse();
    return new PastDocuments(this, new Map(undone.map(({name, document}) => [name, document])));
  }

  /** Calls back after every commit. @returns how to stop that */
  watch(notify: () => void): () => void {
    this.#watchers.add(notify);
    return () => this.#watchers.delete(notify);
  }

  #indexed(name: string): StoredDocument | undefined {
    return this.#collections.get(parentOf(name))?.get(name);
  }

  #index(name: string, document: StoredDocument | undefined): void {
    const path = parentOf(name);
    const collection = this.#collections.get(path) ?? new Map<string, StoredDocument>();
    if (document === undefined) collection.delete(name);
    else collection.set(name, document);
    if (collection.size === 0) this.#collections.delete(path);
    else this.#collections.set(path, collection);
  }

  #forgetBefore(micros: number): void {
    const kept = this.#past.findIndex(({untilMicros}) => untilMicros >= micros);
    this.#past.splice(0, kept);
  }
}

/** The current documents with what later commits replaced put back. */
class PastDocuments implements Documents {
  readonly #current: Documents;
  readonly #replaced: ReadonlyMap<string, StoredDocument | undefined>;

  constructor(current: Documents, replaced: ReadonlyMap<string, StoredDocument | undefined>) {
    this.#current = current;
    this.#replaced = replaced;
  }

  find(name: string): StoredDocument | undefined {
    return this.#replaced.has(name) ? this.#replaced.get(name) : this.#current.find(name);
  }

  *inCollection(path: string): Iterable<StoredDocument> {
    for (const document of this.#current.inCollection(path)) {
      if (!this.#replaced.has(document.name)) yield document;
    }
    for (const document of this.#replaced.values()) {
      if (document !== undefined && parentOf(document.name) === path) yield document;
    }
  }

  collectionPaths(): Iterable<string> {
    const replaced = [...this.#replaced.values()].filter((document) => document !== undefined);
    return new Set([...this.#current.collectionPaths(), ...replaced.map(({name}) => parentOf(name))]);
  }
}
