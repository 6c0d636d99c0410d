import type {DocumentReference, Firestore, UpdateData} from '@google-cloud/firestore';
import {z} from 'zod';
import type {EffectRecord} from '../domain/effect.ts';
import {isOpen, runSchema} from '../domain/run.ts';
import type {Effects} from '../ports.ts';
import {must} from './service-error.ts';
import {timestampSchema} from './timestamp.ts';

const effectSchema = z.object({
  attempt: z.number().int(),
  sentAt: timestampSchema,
  refused: z.boolean(),
  resource: z.string().optional(),
});

type StoredEffect = z.output<typeof effectSchema>;

const openSchema = z.object({state: runSchema.shape.state, cancelRequested: z.unknown().optional()});

/** Firestore behind the {@link Effects} port: `effects/{key}`. */
export function effectsGateway(firestore: () => Promise<Firestore>): Effects {
  const reference = async (key: string) => (await firestore()).collection('effects').doc(key);

  return {
    async read(key) {
      const document = await reference(key);
      const snapshot = await must(`reading effect ${key}`, () => document.get());
      const stored = storedOf(snapshot.data());
      return {record: stored && recordOf(stored), nowMs: snapshot.readTime.toMillis()};
    },
    async intend(key, attempt, runId) {
      const db = await firestore();
      const effect = await reference(key);
      const run = db.collection('runs').doc(runId);
      const {FieldValue} = await import('@google-cloud/firestore');
      const intent = {attempt, sentAt: FieldValue.serverTimestamp(), refused: false};
      return must(`claiming attempt ${attempt} of effect ${key}`, () =>
        db.runTransaction(async (transaction) => {
          const [stored, about] = await transaction.getAll(effect, run);
          const current = storedOf(stored?.data());
          if (!isOpen(openSchema.safeParse(about?.data()).data)) return 'closed';
          if ((current?.attempt ?? 0) !== attempt - 1 || current?.resource !== undefined) return 'taken';
          transaction.set(effect, intent);
          return 'opened';
        }),
      );
    },
    async refuse(key, attempt) {
      const {FieldValue} = await import('@google-cloud/firestore');
      return change(await firestore(), await reference(key), (current) =>
        current.attempt === attempt ? {refused: true, resource: FieldValue.delete()} : undefined,
      );
    },
    async record(key, attempt, resource) {
      return change(await firestore(), await reference(key), (current) =>
        current.attempt === attempt && !current.refused && (current.resource ?? resource) === resource
          ? {resource}
          : undefined,
      );
    },
    async reopen(key, resource) {
      const {FieldValue} = await import('@google-cloud/firestore');
      return change(await firestore(), await reference(key), (current) =>
        current.resource === resource ? {refused: true, resource: FieldValue.delete()} : undefined,
      );
    },
  };
}

/** Changes an effect if it still is what the caller thinks. False when it is not. */
async function change(
  db: Firestore,
  document: DocumentReference,
  decide: (current: StoredEffect) => UpdateData<StoredEffect> | undefined,
): Promise<boolean> {
  return must(`recording effect ${document.id}`, () =>
    db.runTransaction(async (transaction) => {
      const current = storedOf((await transaction.get(document)).data());
      const changes = current && decide(current);
      if (changes === undefined) return false;
      transaction.update(document, changes);
      return true;
    }),
  );
}

function storedOf(data: unknown): StoredEffect | undefined {
  return data === undefined ? undefined : effectSchema.parse(data);
}

function recordOf({attempt, sentAt, refused, resource}: StoredEffect): EffectRecord {
  return {attempt, sentAtMs: sentAt.toMillis(), refused, ...(resource === undefined ? {} : {resource})};
}
