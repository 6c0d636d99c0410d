import type {Notification} from './domain/notifications.ts';
import type {PermitKind} from './domain/permits.ts';
import type {Run} from './domain/run.ts';

export interface OutboxRow extends Notification {
  /** The event id that subscribers see: `<run>:<rev>`. */
  readonly id: string;
}

/** Notifications that were stored with the move that they tell of (Firestore, Pub/Sub). */
export interface Outbox {
  /** Unpublished for at least `olderThanMs` by the database's clock; oldest first. */
  stale(olderThanMs: number, limit: number): Promise<OutboxRow[]>;
  /** Publishes a row, then marks it; a crash between the two repeats it under the same id. */
  publish(row: OutboxRow): Promise<void>;
}

/** Which generation of an object is the newest that has a run (Firestore). */
export interface Drops {
  head(object: {bucket: string; name: string}): Promise<string | undefined>;
}

/** When runs are to be looked at because nothing has happened to them (Firestore). Every move of a run sets it anew; an ended run is looked at once more at most. */
export interface RunChecks {
  /** Runs whose time has come by the database's clock, the longest due first. A run that cannot be read is left out. */
  due(limit: number): Promise<Run[]>;
  /** The run has been looked at: the next time is a while later. */
  done(id: string): Promise<void>;
}

/** Where the inventory of the data bucket has got to (Firestore). */
export interface Inventory {
  /** The last object name looked at, absent at the beginning; with the database's clock in milliseconds. */
  read(): Promise<{after: string | undefined; nowMs: number}>;
  /** @param after undefined to begin again */
  move(after: string | undefined): Promise<void>;
}

/** Back-pressure: how many builds and jobs there may be at one time, and how many more each minute (Firestore). */
export interface Permits {
  /** True when the holder has a permit, now or since it asked before; else it stands in line, first come, first served. */
  take(kind: PermitKind, holder: string): Promise<boolean>;
  /** Takes back a permit or a place in line, and gives what is free to those who come first. @returns who was given a permit: wake them */
  free(kind: PermitKind, holder: string): Promise<readonly string[]>;
  read(kind: PermitKind): Promise<PermitsSeen>;
  /** The kinds that somebody has asked for. */
  kinds(): Promise<readonly PermitKind[]>;
}

interface PermitsSeen {
  readonly holders: readonly string[];
  /** In the order of arrival; of a long line the first hundred. */
  readonly line: readonly string[];
  /** Those in line whose turn it is. */
  readonly next: readonly string[];
}
