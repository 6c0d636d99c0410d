import {ApiError} from '../api-error.ts';

/** Firestore gives up on a lock and lets the client try the whole transaction again. */
const LOCK_WAIT_MS = 15_000;

export type LockMode = 'shared' | 'exclusive';

/** What is wanted at once: a mode for each key. */
export type LockSet = ReadonlyMap<string, LockMode>;

/** Whoever holds locks until it releases them; compared by identity. */
export type LockOwner = object;

interface Request {
  readonly owner: LockOwner;
  readonly wanted: LockSet;
  grant(): void;
  refuse(error: ApiError): void;
}

/**
 * Two-phase locks with a queue, so that contending transactions take turns instead of failing.
 * A request gets all its keys or waits holding none of them; first come, first served, except that whoever already
 * holds something goes ahead of those who hold nothing, since they may be waiting for it.
 */
export class Locks {
  readonly #held = new Map<string, Map<LockOwner, LockMode>>();
  #queue: Request[] = [];

  /**
   * Waits until the owner has the locks.
   * @throws ApiError ABORTED after 15 seconds, or at once when waiting would be a deadlock
   */
  async acquire(owner: LockOwner, wanted: LockSet): Promise<void> {
    if (this.#mayHave({owner, wanted}, this.#queue)) {
      this.#take(owner, wanted);
      // Whoever holds something goes ahead: an earlier request of the same owner may be free now.
      return this.#grantWaiting();
    }
    if (this.#waitsFor(wanted, owner, new Set())) {
      throw new ApiError('ABORTED', 'Too much contention on these documents. Please try again.');
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(owner, 'Transaction lock timeout.'), LOCK_WAIT_MS).unref();
      const settle = (done: () => void) => {
        clearTimeout(timer);
        done();
      };
      this.#queue.push({
        owner,
        wanted,
        grant: () => settle(resolve),
        refuse: (error) => settle(() => reject(error)),
      });
    });
  }

  /** Lets go of all the owner has, and refuses what it still waits for. */
  release(owner: LockOwner): void {
    this.#giveUp(owner, 'The transaction was closed while it waited for a lock.');
    for (const [key, holders] of this.#held) {
      if (holders.delete(owner) && holders.size === 0) this.#held.delete(key);
    }
    this.#grantWaiting();
  }

  #giveUp(owner: LockOwner, why: string): void {
    const refused = this.#queue.filter((request) => request.owner === owner);
    this.#queue = this.#queue.filter((request) => request.owner !== owner);
    for (const request of refused) request.refuse(new ApiError('ABORTED', why));
    this.#grantWaiting();
  }

  #grantWaiting(): void {
    const waiting: Request[] = [];
    for (const request of this.#queue) {
      if (this.#mayHave(request, waiting)) {
        this.#take(request.owner, request.wanted);
        request.grant();
      } else {
        waiting.push(request);
      }
    }
    this.#queue = waiting;
  }

  #mayHave({owner, wanted}: Pick<Request, 'owner' | 'wanted'>, ahead: readonly Request[]): boolean {
    if (this.#holders(wanted, owner).size > 0) return false;
    return this.#holdsAny(owner) || !ahead.some((request) => conflict(request.wanted, wanted));
  }

  #take(owner: LockOwner, wanted: LockSet): void {
    for (const [key, mode] of wanted) {
      const holders = this.#held.get(key) ?? new Map<LockOwner, LockMode>();
      if (holders.get(owner) !== 'exclusive') holders.set(owner, mode);
      this.#held.set(key, holders);
    }
  }

  /** The others whose locks stand in the way. */
  #holders(wanted: LockSet, owner: LockOwner): Set<LockOwner> {
    const others = new Set<LockOwner>();
    for (const [key, mode] of wanted) {
      for (const [holder, held] of this.#held.get(key) ?? []) {
        if (holder !== owner && excludes(held, mode)) others.add(holder);
      }
    }
    return others;
  }

  #holdsAny(owner: LockOwner): boolean {
    return [...this.#held.values()].some((holders) => holders.has(owner));
  }

  /** Whether those who stand in the way wait, in turn, for the owner. */
  #waitsFor(wanted: LockSet, owner: LockOwner, seen: Set<LockOwner>): boolean {
    for (const holder of this.#holders(wanted, owner)) {
      if (seen.has(holder)) continue;
      seen.add(holder);
      const waiting = this.#queue.filter((request) => request.owner === holder);
      if (
        waiting.some(
          (request) => this.#isBlockedBy(request, owner) || this.#waitsFor(request.wanted, owner, seen),
        )
      ) {
        return true;
      }
    }
    return false;
  }

  #isBlockedBy(request: Request, owner: LockOwner): boolean {
    return this.#holders(request.wanted, request.owner).has(owner);
  }
}

function conflict(a: LockSet, b: LockSet): boolean {
  for (const [key, mode] of a) {
    const other = b.get(key);
    if (other !== undefined && excludes(mode, other)) return true;
  }
  return false;
}

function excludes(a: LockMode, b: LockMode): boolean {
  return a === 'exclusive' || b === 'exclusive';
}
