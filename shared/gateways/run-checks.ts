import type {DocumentData, Firestore, Timestamp} from '@google-cloud/firestore';
import {firstCheckMs, nextCheckMs} from '../domain/checks.ts';
import type {Run, Standing} from '../domain/run.ts';
import {PermanentError} from '../errors.ts';
import type {RunChecks} from '../upkeep-ports.ts';
import {knownRunOf, runOf} from './run-document.ts';
import {must} from './service-error.ts';
import {timestampSchema} from './timestamp.ts';

/** Firestore behind the {@link RunChecks} port: `nextCheckAt` of `runs/{id}`, which a run has until nothing can happen to it any more. */
export function runChecksGateway(firestore: () => Promise<Firestore>): RunChecks {
  return {
    async due(limit) {
      const first = (await firestore()).collection('runs').orderBy('nextCheckAt').limit(limit);
      const found = await must('looking for runs that nothing happens to', () => first.get());
      const nowMs = found.readTime.toMillis();
      return found.docs
        .map((row) => row.data())
        .filter(({nextCheckAt}) => timestampSchema.parse(nextCheckAt).toMillis() <= nowMs)
        .flatMap(readable);
    },
    async done(id) {
      const db = await firestore();
      const reference = db.collection('runs').doc(id);
      await must(`noting that run ${id} was looked at`, () =>
        db.runTransaction(async (transaction) => {
          const snapshot = await transaction.get(reference);
          const run = knownRunOf(id, snapshot.data());
          transaction.update(reference, await checkAt(nextCheckMs(run, snapshot.readTime.toMillis())));
        }),
      );
    },
  };
}

/** The field that says when a run that has just come into a state is to be looked at. */
export function firstCheck(run: Standing, now: Timestamp): Promise<DocumentData> {
  return checkAt(firstCheckMs(run, now.toMillis()));
}

async function checkAt(atMs: number | undefined): Promise<DocumentData> {
  const {FieldValue, Timestamp} = await import('@google-cloud/firestore');
  return {nextCheckAt: atMs === undefined ? FieldValue.delete() : Timestamp.fromMillis(atMs)};
}

function readable(data: DocumentData): Run[] {
  try {
    return [runOf(data)];
  } catch (error) {
    if (error instanceof PermanentError) return [];
    throw error;
  }
}
