import type {DocumentReference, DocumentSnapshot, Firestore} from '@google-cloud/firestore';
import {z} from 'zod';
import {
  EMPTY_POOL,
  freePermit,
  givePermits,
  nextInLine,
  type PermitKind,
  type PermitLimits,
  type PermitPool,
  permitKindOf,
  roomIn,
  takePermit,
} from '../domain/permits.ts';
import {NotYetError} from '../errors.ts';
import type {Permits} from '../upkeep-ports.ts';
import {call, must} from './service-error.ts';

/** gRPC's status numbers for a document that is no longer, or not yet, as it was seen: NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED. */
const CHANGED_MEANWHILE = [5, 6, 9, 10];
const ALREADY_EXISTS = 6;

/** Whoever loses has seen another win, so nobody loses as often as this while things go right. */
const MAX_LOSSES = 50;

/** How much of a long line anybody is told of. */
const LINE_SEEN = 100;

const poolSchema = z.object({holders: z.array(z.string()), givenAtMs: z.array(z.number())});

type Limits = (kind: PermitKind) => PermitLimits;

/** A pool as it was read, without its line. */
interface SeenPool {
  readonly pool: PermitPool;
  readonly nowMs: number;
  readonly snapshot: DocumentSnapshot;
}

/**
 * Firestore behind the {@link Permits} port: `permits/{kind}` has the holders, `permits/{kind}/line/{holder}` is a place in line.
 * A crowd that arrives at once writes a document each, and only those whose turn it is write the one that all share. That is written
 * if nobody else has changed it, and not in a transaction, where each would hold a lock that the others wait for.
 */
export function permitsGateway(firestore: () => Promise<Firestore>, limits: Limits): Permits {
  const documentOf = async (kind: PermitKind) => (await firestore()).collection('permits').doc(kind);

  /** The places in line that come first. */
  async function lineOf(kind: PermitKind, length: number): Promise<readonly string[]> {
    const first = (await documentOf(kind)).collection('line').orderBy('since').limit(length);
    const {docs} = await must(`reading the line for ${kind}`, () => first.get());
    return docs.map(({id}) => id);
  }

  async function join(kind: PermitKind, holder: string): Promise<void> {
    const {FieldValue} = await import('@google-cloud/firestore');
    const place = placeOf(await documentOf(kind), holder);
    const since = FieldValue.serverTimestamp();
    await call(`standing in line for ${kind}`, () => place.create({since}), [ALREADY_EXISTS]);
  }

  const seePool = async (kind: PermitKind): Promise<SeenPool> => {
    const document = await documentOf(kind);
    return seenOf(await must(`reading the permits for ${kind}`, () => document.get()));
  };

  /** @returns whether the holder has a permit; undefined when somebody else has changed the pool meanwhile */
  async function stepForward(kind: PermitKind, holder: string): Promise<boolean | undefined> {
    const seen = await seePool(kind);
    const place = placeOf(seen.snapshot.ref, holder);
    if (seen.pool.holders.includes(holder)) {
      // Another delivery for the same holder was given the permit before this one stood in line.
      await must(`leaving the line for ${kind}`, () => place.delete());
      return true;
    }
    const room = roomIn(seen.pool, limits(kind), seen.nowMs);
    if (room === 0) return false;
    const line = await lineOf(kind, room);
    if (!line.includes(holder)) {
      const {exists} = await must(`reading a place in line for ${kind}`, () => place.get());
      return exists ? false : undefined;
    }
    const {pool} = takePermit({...seen.pool, line}, holder, limits(kind), seen.nowMs);
    return (await replace(seen, pool, [holder])) ? true : undefined;
  }

  /** @returns the pool without the holder; undefined when somebody else has changed it meanwhile */
  async function stepBack(kind: PermitKind, holder: string): Promise<SeenPool | undefined> {
    const seen = await seePool(kind);
    const pool = freePermit(seen.pool, holder);
    if (pool === seen.pool) return seen;
    return (await replace(seen, pool, [])) ? {...seen, pool} : undefined;
  }

  /** @returns who was given a permit; undefined when somebody else has changed the pool or the line meanwhile */
  async function giveOut(kind: PermitKind): Promise<readonly string[] | undefined> {
    const seen = await seePool(kind);
    const room = roomIn(seen.pool, limits(kind), seen.nowMs);
    const line = room === 0 ? [] : await lineOf(kind, room);
    const {given, pool} = givePermits({...seen.pool, line}, limits(kind), seen.nowMs);
    if (given.length === 0) return [];
    return (await replace(seen, pool, given)) ? given : undefined;
  }

  return {
    async kinds() {
      const documents = (await firestore()).collection('permits').select();
      const found = await must('reading the kinds of permits', () => documents.get());
      return found.docs.flatMap(({id}) => permitKindOf(id) ?? []);
    },
    async take(kind, holder) {
      const {pool} = await seePool(kind);
      if (pool.holders.includes(holder)) return true;
      // The place comes before the look at the pool: whoever gives a permit back after that look finds it.
      await join(kind, holder);
      return untilWon(kind, () => stepForward(kind, holder));
    },
    async free(kind, holder) {
      const place = placeOf(await documentOf(kind), holder);
      // First out of the line, then out of the pool: who has no place is given no permit any more.
      await must(`leaving the line for ${kind}`, () => place.delete());
      const {pool, nowMs} = await untilWon(kind, () => stepBack(kind, holder));
      // Read after the permit is back: who has stood in line since then has seen that it is.
      const isAwaited = roomIn(pool, limits(kind), nowMs) > 0 && (await lineOf(kind, 1)).length > 0;
      return isAwaited ? untilWon(kind, () => giveOut(kind)) : [];
    },
    async read(kind) {
      const {pool, nowMs} = await seePool(kind);
      const line = await lineOf(kind, LINE_SEEN);
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

/**
 * Writes a pool and takes those who were given permits out of the line, all or nothing.
 * @returns false when somebody else has changed the pool, or one of them has left the line, meanwhile
 */
async function replace({snapshot}: SeenPool, pool: PermitPool, given: readonly string[]): Promise<boolean> {
  const document = snapshot.ref;
  const batch = document.firestore.batch();
  for (const holder of given) batch.delete(placeOf(document, holder), {exists: true});
  const {holders, givenAtMs} = pool;
  if (snapshot.updateTime === undefined) batch.create(document, {holders, givenAtMs});
  else batch.update(document, {holders, givenAtMs}, {lastUpdateTime: snapshot.updateTime});
  const committed = await call(
    `changing the permits for ${document.id}`,
    () => batch.commit(),
    CHANGED_MEANWHILE,
  );
  return committed !== undefined;
}

function placeOf(document: DocumentReference, holder: string): DocumentReference {
  return document.collection('line').doc(holder);
}

function seenOf(snapshot: DocumentSnapshot): SeenPool {
  const data = snapshot.data();
  const pool = data === undefined ? EMPTY_POOL : {...EMPTY_POOL, ...poolSchema.parse(data)};
  return {pool, nowMs: snapshot.readTime.toMillis(), snapshot};
}
