import type {DocumentReference, DocumentSnapshot, Firestore} from '@google-cloud/firestore';
import {z} from 'zod';
import {EMPTY_POOL, type PermitKind, type PermitPool, permitKindOf} from '../domain/permits.ts';
import {call, must} from './service-error.ts';

const ALREADY_EXISTS = 6;

/** gRPC's status numbers for a document that is no longer, or not yet, as it was seen: NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED. */
const CHANGED_MEANWHILE = [5, ALREADY_EXISTS, 9, 10];

const poolSchema = z.object({holders: z.array(z.string()), givenAtMs: z.array(z.number())});

/** A pool as it was read, without its line. */
export interface SeenPool {
  readonly pool: PermitPool;
  readonly nowMs: number;
  readonly snapshot: DocumentSnapshot;
}

/** The documents of permits in Firestore: `permits/{kind}` has the holders, `permits/{kind}/line/{holder}` is a place in line. */
export class PermitDocuments {
  readonly #firestore: () => Promise<Firestore>;

  constructor(firestore: () => Promise<Firestore>) {
    this.#firestore = firestore;
  }

  async kinds(): Promise<readonly PermitKind[]> {
    const documents = (await this.#firestore()).collection('permits').select();
    const {docs} = await must('reading the kinds of permits', () => documents.get());
    return docs.flatMap(({id}) => permitKindOf(id) ?? []);
  }

  async see(kind: PermitKind): Promise<SeenPool> {
    const document = await this.#document(kind);
    const snapshot = await must(`reading the permits for ${kind}`, () => document.get());
    const data = snapshot.data();
    const pool = data === undefined ? EMPTY_POOL : {...EMPTY_POOL, ...poolSchema.parse(data)};
    return {pool, nowMs: snapshot.readTime.toMillis(), snapshot};
  }

  /**
   * Writes a pool and takes those who were given permits out of the line, all or nothing.
   * @returns false when somebody else has changed the pool, or one of them has left the line, meanwhile
   */
  async replace({snapshot}: SeenPool, pool: PermitPool, given: readonly string[]): Promise<boolean> {
    const document = snapshot.ref;
    const batch = document.firestore.batch();
    for (const holder of given) batch.delete(placeOf(document, holder), {exists: true});
    const {holders, givenAtMs} = pool;
    if (snapshot.updateTime === undefined) batch.create(document, {holders, givenAtMs});
    else batch.update(document, {holders, givenAtMs}, {lastUpdateTime: snapshot.updateTime});
    const doing = `changing the permits for ${document.id}`;
    return (await call(doing, () => batch.commit(), CHANGED_MEANWHILE)) !== undefined;
  }

  /** The places in line that come first. */
  async line(kind: PermitKind, length: number): Promise<readonly string[]> {
    const first = (await this.#document(kind)).collection('line').orderBy('since').limit(length);
    const {docs} = await must(`reading the line for ${kind}`, () => first.get());
    return docs.map(({id}) => id);
  }

  async joinLine(kind: PermitKind, holder: string): Promise<void> {
    const {FieldValue} = await import('@google-cloud/firestore');
    const place = placeOf(await this.#document(kind), holder);
    const since = FieldValue.serverTimestamp();
    await call(`standing in line for ${kind}`, () => place.create({since}), [ALREADY_EXISTS]);
  }

  async leaveLine(kind: PermitKind, holder: string): Promise<void> {
    const place = placeOf(await this.#document(kind), holder);
    await must(`leaving the line for ${kind}`, () => place.delete());
  }

  async #document(kind: PermitKind): Promise<DocumentReference> {
    return (await this.#firestore()).collection('permits').doc(kind);
  }
}

function placeOf(document: DocumentReference, holder: string): DocumentReference {
  return document.collection('line').doc(holder);
}
