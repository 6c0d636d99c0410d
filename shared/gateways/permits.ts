import type {Firestore} from '@google-cloud/firestore';
import {
  freePermit,
  givePermits,
  nextInLine,
  type PermitKind,
  type PermitLimits,
  roomIn,
} from '../domain/permits.ts';
import {NotYetError} from '../errors.ts';
import type {Permits} from '../upkeep-ports.ts';
import {PermitDocuments, type SeenPool} from './permit-documents.ts';
import {together} from './together.ts';

/** Whoever loses has seen another win, so nobody loses as often as this while things go right. */
const MAX_LOSSES = 50;

/** How much of a long line anybody is told of. */
const LINE_SEEN = 100;

type Limits = (kind: PermitKind) => PermitLimits;

/** Those who ask for permits of a kind, or give them back, at the same time in this process. */
interface Crowd {
  take(holder: string): Promise<boolean>;
  free(holder: string): Promise<readonly string[]>;
}

/**
 * Firestore behind the {@link Permits} port. Each who comes writes a place in line of its own; the document that all share is
 * written once for a crowd, if nobody else has changed it, and not in a transaction, where each would hold a lock that the others
 * wait for.
 */
export function permitsGateway(firestore: () => Promise<Firestore>, limits: Limits): Permits {
  const documents = new PermitDocuments(firestore);
  const crowds = new Map<PermitKind, Crowd>();

  function crowdOf(kind: PermitKind): Crowd {
    const crowd = crowds.get(kind) ?? {
      take: together((asking) => untilWon(kind, () => stepForward(kind, asking))),
      free: together((leaving) => leave(kind, leaving)),
    };
    crowds.set(kind, crowd);
    return crowd;
  }

  /** @returns who of them has a permit, in their order; undefined when somebody else has changed the pool meanwhile */
  async function stepForward(
    kind: PermitKind,
    asking: readonly string[],
  ): Promise<readonly boolean[] | undefined> {
    const seen = await documents.see(kind);
    const held = new Set(seen.pool.holders.filter((holder) => asking.includes(holder)));
    // Another delivery for the same holder was given the permit before this one stood in line.
    await Promise.all(Array.from(held, (holder) => documents.leaveLine(kind, holder)));
    const next = await nextOf(kind, seen, asking);
    if (next.given.length > 0 && !(await documents.replace(seen, next.pool, next.given))) return undefined;
    return asking.map((holder) => next.pool.holders.includes(holder));
  }

  /** Gives permits back, and then to the next in line. @returns those who were given one, told to the first who leaves */
  async function leave(
    kind: PermitKind,
    leaving: readonly string[],
  ): Promise<readonly (readonly string[])[]> {
    const {pool, nowMs} = await untilWon(kind, () => stepBack(kind, leaving));
    // Read after the permits are back: who has stood in line since then has seen that they are.
    const isAwaited = roomIn(pool, limits(kind), nowMs) > 0 && (await documents.line(kind, 1)).length > 0;
    const given = isAwaited ? await untilWon(kind, () => giveOut(kind)) : [];
    return leaving.map((_, index) => (index === 0 ? given : []));
  }

  /** @returns the pool without them; undefined when somebody else has changed it meanwhile */
  async function stepBack(kind: PermitKind, leaving: readonly string[]): Promise<SeenPool | undefined> {
    const seen = await documents.see(kind);
    const pool = leaving.reduce(freePermit, seen.pool);
    if (pool === seen.pool) return seen;
    return (await documents.replace(seen, pool, [])) ? {...seen, pool} : undefined;
  }

  /** @returns who was given a permit; undefined when somebody else has changed the pool or the line meanwhile */
  async function giveOut(kind: PermitKind): Promise<readonly string[] | undefined> {
    const seen = await documents.see(kind);
    const {given, pool} = await nextOf(kind, seen);
    if (given.length === 0) return [];
    return (await documents.replace(seen, pool, given)) ? given : undefined;
  }

  async function nextOf(
    kind: PermitKind,
    {pool, nowMs}: SeenPool,
    to?: readonly string[],
  ): Promise<ReturnType<typeof givePermits>> {
    const room = roomIn(pool, limits(kind), nowMs);
    const line = room === 0 ? [] : await documents.line(kind, room);
    return givePermits({...pool, line}, limits(kind), {nowMs, ...(to && {to})});
  }

  return {
    kinds: () => documents.kinds(),
    async take(kind, holder) {
      const {pool} = await documents.see(kind);
      if (pool.holders.includes(holder)) return true;
      // The place comes before the look at the pool: whoever gives a permit back after that look finds it.
      await documents.joinLine(kind, holder);
      return crowdOf(kind).take(holder);
    },
    async free(kind, holder) {
      // First out of the line, then out of the pool: who has no place is given no permit any more.
      await documents.leaveLine(kind, holder);
      return crowdOf(kind).free(holder);
    },
    async read(kind) {
      const {pool, nowMs} = await documents.see(kind);
      const line = await documents.line(kind, LINE_SEEN);
      return {holders: pool.holders, line, next: nextInLine({...pool, line}, limits(kind), nowMs)};
    },
  };
}

/** Does something again until nobody else was faster. @throws NotYetError */
async function untilWon<T>(kind: PermitKind, work: () => Promise<T | undefined>): Promise<T> {
  for (let losses = 0; losses < MAX_LOSSES; losses++) {
    const won = await work();
    if (won !== undefined) return won;
  }
  throw new NotYetError(`many change the permits for ${kind} at this moment`);
}
