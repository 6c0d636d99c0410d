import type {DocumentData, DocumentReference, Firestore, Transaction} from '@google-cloud/firestore';
import {z} from 'zod';
import {sha256Hex} from '../domain/ids.ts';
import {CALLER_LIMIT, type Grant, grantOf, type Limit} from '../domain/request-limits.ts';
import type {OpenedRequest, Requests} from '../request-ports.ts';
import {expiresAfter} from './expiry.ts';
import {must} from './service-error.ts';

/** Requests under one key come at the same time; each then waits for its turn at the document. */
const MAX_ATTEMPTS = 12;

const keySchema = z.object({
  bodyDigest: z.string(),
  epoch: z.number().int().optional(),
  answer: z.object({run: z.string()}).optional(),
});

const grantsSchema = z.object({grantsMs: z.array(z.number()), epoch: z.number().int().optional()});

/**
 * Firestore behind the {@link Requests} port: `keys/{hash}`, `callers/{hash}`, `reruns/{hash}`. The first two expire; the last one never
 * does, because an epoch that is given out twice would be the same run.
 */
export function requestsGateway(firestore: () => Promise<Firestore>): Requests {
  async function inTransaction<T>(
    doing: string,
    work: (transaction: Transaction, db: Firestore) => Promise<T>,
  ): Promise<T> {
    const db = await firestore();
    const options = {maxAttempts: MAX_ATTEMPTS};
    return must(doing, () => db.runTransaction((transaction) => work(transaction, db), options));
  }

  return {
    open: ({key, caller, bodyDigest}) =>
      inTransaction('remembering a request', async (transaction, db) => {
        const document = db.collection('keys').doc(key);
        const snapshot = await transaction.get(document);
        const known = snapshot.data();
        if (known !== undefined) return repeated(known, bodyDigest);
        const callers = db.collection('callers').doc(sha256Hex(caller));
        const {grant} = await grantIn(transaction, callers, CALLER_LIMIT);
        if (grant.kind === 'refused') return grant;
        const expiry = await expiresAfter(snapshot.readTime.toMillis());
        transaction.set(callers, {caller, grantsMs: grant.grantsMs, ...expiry});
        transaction.create(document, {caller, bodyDigest, ...expiry});
        return {kind: 'new'};
      }),
    epoch: (key, {bucket, name, generation}, limit) =>
      inTransaction('counting a rerun', async (transaction, db) => {
        const document = db.collection('keys').doc(key);
        const stored = keySchema.parse((await transaction.get(document)).data());
        if (stored.epoch !== undefined) return {kind: 'granted', epoch: stored.epoch};
        const reruns = db.collection('reruns').doc(sha256Hex(JSON.stringify([bucket, name, generation])));
        const {grant, last} = await grantIn(transaction, reruns, limit);
        if (grant.kind === 'refused') return grant;
        const epoch = last + 1;
        transaction.set(reruns, {bucket, name, generation, epoch, grantsMs: grant.grantsMs});
        transaction.update(document, {epoch});
        return {kind: 'granted', epoch};
      }),
    async answer(key, answer) {
      const document = (await firestore()).collection('keys').doc(key);
      await must('remembering an answer', () => document.update({answer}));
    },
  };
}

function repeated(known: DocumentData, bodyDigest: string): OpenedRequest {
  const {answer, ...stored} = keySchema.parse(known);
  if (stored.bodyDigest !== bodyDigest) return {kind: 'other-body'};
  return answer === undefined ? {kind: 'again'} : {kind: 'answered', answer};
}

/** Decides by the database's clock; without a limit nothing is counted. `last` is the epoch given out last. */
async function grantIn(
  transaction: Transaction,
  document: DocumentReference,
  limit: Limit | undefined,
): Promise<{grant: Grant; last: number}> {
  const snapshot = await transaction.get(document);
  const {grantsMs, epoch = 0} = grantsSchema.parse(snapshot.data() ?? {grantsMs: []});
  if (limit === undefined) return {grant: {kind: 'granted', grantsMs}, last: epoch};
  return {grant: grantOf(grantsMs, limit, snapshot.readTime.toMillis()), last: epoch};
}
