import type {DocumentReference, Firestore} from '@google-cloud/firestore';
import {z} from 'zod';
import type {Effects} from '../ports.ts';
import {call, must} from './service-error.ts';
import {timestampSchema} from './timestamp.ts';

const ALREADY_EXISTS = 6;

const effectSchema = z.object({
  attempt: z.number().int(),
  sentAt: timestampSchema,
  refused: z.boolean(),
  resource: z.string().optional(),
});

/** Firestore behind the {@link Effects} port: `effects/{key}`. */
export function effectsGateway(firestore: () => Promise<Firestore>): Effects {
  const reference = async (key: string) => (await firestore()).collection('effects').doc(key);

  return {
    async read(key) {
      const document = await reference(key);
      const snapshot = await must(`reading effect ${key}`, () => document.get());
      const nowMs = snapshot.readTime.toMillis();
      const data = snapshot.data();
      if (data === undefined) return {record: undefined, nowMs};
      const {attempt, sentAt, refused, resource} = effectSchema.parse(data);
      const record = {
        attempt,
        sentAtMs: sentAt.toMillis(),
        refused,
        ...(resource === undefined ? {} : {resource}),
      };
      return {record, nowMs};
    },
    async intend(key, attempt) {
      const document = await reference(key);
      const {FieldValue} = await import('@google-cloud/firestore');
      const intent = {attempt, sentAt: FieldValue.serverTimestamp(), refused: false};
      if (attempt > 1) return intendAgain(await firestore(), document, intent);
      return (
        (await call(`claiming effect ${key}`, () => document.create(intent), [ALREADY_EXISTS])) !== undefined
      );
    },
    async refuse(key, attempt) {
      await writeAttempt(await firestore(), await reference(key), attempt, {refused: true});
    },
    async record(key, attempt, resource) {
      await writeAttempt(await firestore(), await reference(key), attempt, {resource});
    },
    async reopen(key, resource) {
      const db = await firestore();
      const document = await reference(key);
      const {FieldValue} = await import('@google-cloud/firestore');
      await must(`reopening effect ${key}`, () =>
        db.runTransaction(async (transaction) => {
          const data = (await transaction.get(document)).data();
          if (data?.resource === resource)
            transaction.update(document, {resource: FieldValue.delete(), refused: true});
        }),
      );
    },
  };
}

/** Opens the next attempt unless another delivery has done so or has found the resource. */
async function intendAgain(
  db: Firestore,
  document: DocumentReference,
  intent: {attempt: number; refused: boolean; sentAt: unknown},
): Promise<boolean> {
  return must(`claiming attempt ${intent.attempt} of effect ${document.id}`, () =>
    db.runTransaction(async (transaction) => {
      const current = effectSchema.parse((await transaction.get(document)).data());
      if (current.attempt !== intent.attempt - 1 || current.resource !== undefined) return false;
      transaction.set(document, intent);
      return true;
    }),
  );
}

/** Writes to an attempt while it is the current one; a later attempt makes it history. */
async function writeAttempt(
  db: Firestore,
  document: DocumentReference,
  attempt: number,
  change: object,
): Promise<void> {
  await must(`recording effect ${document.id}`, () =>
    db.runTransaction(async (transaction) => {
      const current = effectSchema.parse((await transaction.get(document)).data());
      if (current.attempt === attempt) transaction.update(document, {...change});
    }),
  );
}
