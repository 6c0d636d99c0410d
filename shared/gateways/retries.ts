import type {DocumentData, DocumentSnapshot, Firestore} from '@google-cloud/firestore';
import {
  countFailure,
  type FailedAttempts,
  judgeClaim,
  judgeRelease,
  type RetryClaim,
} from '../domain/retry.ts';
import type {Run} from '../domain/run.ts';
import type {Retries} from '../retry-ports.ts';
import {knownRunOf} from './run-document.ts';
import {must} from './service-error.ts';

/** What a look at a run comes to: an answer, and what it changes. */
interface Decision<T> {
  readonly answer: T;
  readonly changes?: DocumentData;
}

/** Firestore behind the {@link Retries} port: `retries` of `runs/{id}`. */
export function retriesGateway(firestore: () => Promise<Firestore>): Retries {
  async function decide<T>(
    runId: string,
    doing: string,
    judge: (run: Run, snapshot: DocumentSnapshot) => Decision<T>,
  ): Promise<T> {
    const db = await firestore();
    const reference = db.collection('runs').doc(runId);
    return must(`${doing} of run ${runId}`, () =>
      db.runTransaction(async (transaction) => {
        const snapshot = await transaction.get(reference);
        const run = knownRunOf(runId, snapshot.data());
        const {answer, changes} = judge(run, snapshot);
        if (changes !== undefined) transaction.update(reference, {...changes, rev: run.rev + 1});
        return answer;
      }),
    );
  }

  return {
    fail: (runId, stage, message) =>
      decide<number | undefined>(runId, `counting a failure of ${stage}`, (run, {readTime}) => {
        const attempts = countFailure(run, {stage, message}, readTime.toMillis());
        if (attempts === undefined) return {answer: undefined};
        const trouble = {stage, message, at: readTime};
        const retries = {...run.retries, [stage]: attempts};
        return {answer: attempts.failures, changes: {trouble, retries}};
      }),
    claim: (ask) =>
      decide<RetryClaim>(ask.runId, `claiming the retry of ${ask.stage}`, (run) => {
        const answer = judgeClaim(run, ask);
        if (answer.decision === 'stop') return {answer};
        return {answer, changes: changed(run, ask.stage, {execution: ask.execution})};
      }),
    release: (ask) =>
      decide(ask.runId, `releasing the retry of ${ask.stage}`, (run) => {
        if (!judgeRelease(run, ask)) return {answer: false};
        return {answer: true, changes: changed(run, ask.stage, {released: true})};
      }),
  };
}

/** The failed attempts that an execution looks after, changed. */
function changed(run: Run, stage: string, changes: Partial<FailedAttempts>): DocumentData {
  return {retries: {...run.retries, [stage]: {...run.retries?.[stage], ...changes}}};
}
