import type {DocumentSnapshot, Firestore} from '@google-cloud/firestore';
import {z} from 'zod';
import {
  EMPTY_POOL,
  freePermit,
  nextInLine,
  type PermitKind,
  type PermitLimits,
  type PermitPool,
  permitKindOf,
  takePermit,
} from '../domain/permits.ts';
import {NotYetError} from '../errors.ts';
import type {Permits} from '../upkeep-ports.ts';
import {must, statusOf} from './service-error.ts';

/** gRPC's status number: others changed the document in between, however often it was tried. */
const ABORTED = 10;

const poolSchema = z.object({
  holders: z.array(z.string()),
  line: z.array(z.string()),
  givenAtMs: z.array(z.number()),
});

type Limits = (kind: PermitKind) => PermitLimits;

/** Firestore behind the {@link Permits} port: `permits/{kind}`. */
export function permitsGateway(firestore: () => Promise<Firestore>, limits: Limits): Permits {
  const document = async (kind: PermitKind) => (await firestore()).collection('permits').doc(kind);

  /** Changes a pool. What changes nothing takes no lock, so that a crowd asking again does not stand in its own way. */
  async function change(
    kind: PermitKind,
    decide: (pool: PermitPool, nowMs: number) => PermitPool,
  ): Promise<Stored> {
    const reference = await document(kind);
    return must(`changing the permits for ${kind}`, async () => {
      const seen = storedOf(await reference.get());
      if (decide(seen.pool, seen.nowMs) === seen.pool) return seen;
      return reference.firestore
        .runTransaction(async (transaction) => {
          const {pool, nowMs} = storedOf(await transaction.get(reference));
          const changed = decide(pool, nowMs);
          if (changed !== pool) transaction.set(reference, {...changed});
          return {pool: changed, nowMs};
        })
        .catch((error: unknown) => {
          if (statusOf(error) !== ABORTED) throw error;
          throw new NotYetError(`many ask for permits for ${kind} at this moment`, error);
        });
    });
  }

  return {
    async kinds() {
      const documents = (await firestore()).collection('permits').select();
      const found = await must('reading the kinds of permits', () => documents.get());
      return found.docs.flatMap(({id}) => permitKindOf(id) ?? []);
    },
    async take(kind, holder) {
      const {pool} = await change(kind, (seen, nowMs) => takePermit(seen, holder, limits(kind), nowMs).pool);
      return pool.holders.includes(holder);
    },
    async free(kind, holder) {
      const {pool, nowMs} = await change(kind, (seen) => freePermit(seen, holder));
      return nextInLine(pool, limits(kind), nowMs);
    },
    async read(kind) {
      const reference = await document(kind);
      const snapshot = await must(`reading the permits for ${kind}`, () => reference.get());
      const {pool, nowMs} = storedOf(snapshot);
      return {holders: pool.holders, line: pool.line, next: nextInLine(pool, limits(kind), nowMs)};
    },
  };
}

interface Stored {
  readonly pool: PermitPool;
  readonly nowMs: number;
}

function storedOf(snapshot: DocumentSnapshot): Stored {
  const data = snapshot.data();
  return {
    pool: data === undefined ? EMPTY_POOL : poolSchema.parse(data),
    nowMs: snapshot.readTime.toMillis(),
  };
}
