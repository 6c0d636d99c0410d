import type {DocumentData, Firestore, Transaction} from '@google-cloud/firestore';
import type {Place} from '../domain/console-links.ts';
import {supersederOf} from '../domain/generation.ts';
import {type Notification, runFailed} from '../domain/notifications.ts';
import type {PermitKind} from '../domain/permits.ts';
import {isOpen, isTerminal, judge, type Run, type RunState} from '../domain/run.ts';
import {PermanentError} from '../errors.ts';
import type {Runs} from '../ports.ts';
import {headInTransaction} from './drops.ts';
import type {RunOutbox} from './outbox.ts';
import {rejectsGateway} from './rejects.ts';
import {firstCheck} from './run-checks.ts';
import {knownRunOf} from './run-document.ts';
import {runQueriesGateway} from './run-queries.ts';
import {call, must} from './service-error.ts';

/** gRPC's status number. */
const NOT_FOUND = 5;

type Moved = Awaited<ReturnType<Runs['advance']>>;

interface Move {
  readonly id: string;
  readonly to: RunState;
  readonly changes: DocumentData;
  readonly announce?: ((run: Run) => Notification) | undefined;
}

/** Firestore behind the {@link Runs} port: `runs/{id}`, `rejects/{id}`. */
export function runsGateway(firestore: () => Promise<Firestore>, {relay}: RunOutbox, place: Place): Runs {
  const runs = async () => (await firestore()).collection('runs');

  async function move({id, to, changes, announce}: Move): Promise<Moved> {
    const db = await firestore();
    const outcome = await must(`moving run ${id} to ${to}`, () =>
      db.runTransaction((transaction) => moveInTransaction(transaction, db, {id, to, changes, announce})),
    );
    if (announce !== undefined) await relay(id);
    return outcome;
  }

  return {
    ...rejectsGateway(firestore),
    ...runQueriesGateway(firestore),
    async create(run) {
      const db = await firestore();
      return must(`creating run ${run.id}`, () =>
        db.runTransaction((transaction) => createInTransaction(transaction, db, run)),
      );
    },
    advance: (id, to, facts = {}, announce) =>
      move({id, to, changes: facts, announce: announce && (() => announce)}),
    async fail(id, stage, complaint, cost) {
      const failure = {stage, ...complaint};
      const spent = cost && {cost};
      const announce = (run: Run) => runFailed({...run, ...spent}, failure, place);
      return move({id, to: 'failed', changes: {failure, ...spent}, announce});
    },
    async trouble(id, stage, message) {
      const collection = await runs();
      const {FieldValue} = await import('@google-cloud/firestore');
      const at = FieldValue.serverTimestamp();
      const trouble = {stage, message, at};
      await call(
        `noting trouble of run ${id}`,
        () => collection.doc(id).update({trouble, rev: FieldValue.increment(1)}),
        [NOT_FOUND],
      );
    },
    async wait(id, door) {
      const db = await firestore();
      await must(`noting what run ${id} waits for`, () =>
        db.runTransaction((transaction) => waitInTransaction(transaction, db, id, door)),
      );
    },
    async requestPromotion(id, request) {
      const db = await firestore();
      return must(`asking for the promotion of run ${id}`, () =>
        db.runTransaction((transaction) => wishInTransaction(transaction, db, id, request)),
      );
    },
    async requestCancel(id, request) {
      const db = await firestore();
      return must(`asking run ${id} to end`, () =>
        db.runTransaction((transaction) => flagInTransaction(transaction, db, id, request)),
      );
    },
  };
}

async function createInTransaction(
  transaction: Transaction,
  db: Firestore,
  run: Parameters<Runs['create']>[0],
): Promise<boolean> {
  const reference = db.collection('runs').doc(run.id);
  const snapshot = await transaction.get(reference);
  if (snapshot.exists) return false;
  const {head, move} = await headInTransaction(transaction, db, run.input);
  const supersededBy = supersederOf(run.input, head);
  const {FieldValue} = await import('@google-cloud/firestore');
  const now = snapshot.readTime;
  const {state = 'received'} = run;
  move();
  transaction.create(reference, {
    ...run,
    rev: 1,
    createdAt: FieldValue.serverTimestamp(),
    ...(supersededBy === undefined
      ? {state, history: [], ...(await firstCheck({state}, now))}
      : {state: 'superseded', history: [{state: 'superseded', at: now}], supersededBy}),
  });
  return true;
}

async function moveInTransaction(
  transaction: Transaction,
  db: Firestore,
  {id, to, changes, announce}: Move,
): Promise<Moved> {
  const reference = db.collection('runs').doc(id);
  const snapshot = await transaction.get(reference);
  const run = knownRunOf(id, snapshot.data());
  const verdict = judge(run, to);
  if (verdict === 'illegal')
    throw new PermanentError('ILLEGAL_MOVE', `run ${id} is ${run.state} and cannot become ${to}`);
  if (verdict !== 'apply') return verdict;
  const {FieldValue} = await import('@google-cloud/firestore');
  const now = snapshot.readTime;
  const rev = run.rev + 1;
  transaction.update(reference, {
    ...changes,
    state: to,
    rev,
    history: FieldValue.arrayUnion({state: to, at: now}),
    trouble: FieldValue.delete(),
    retries: FieldValue.delete(),
    waiting: FieldValue.delete(),
    ...(await firstCheck({state: to}, now)),
    updatedAt: FieldValue.serverTimestamp(),
  });
  if (announce !== undefined) {
    const row = db.collection('outbox').doc(`${id}:${rev}`);
    transaction.create(row, {...announce(run), runId: id, createdAt: now, pendingSince: now});
  }
  return 'moved';
}

async function waitInTransaction(
  transaction: Transaction,
  db: Firestore,
  id: string,
  door: PermitKind,
): Promise<void> {
  const reference = db.collection('runs').doc(id);
  const snapshot = await transaction.get(reference);
  const {state, rev, waiting} = knownRunOf(id, snapshot.data());
  if (isTerminal(state) || waiting?.door === door) return;
  transaction.update(reference, {waiting: {door, since: snapshot.readTime}, rev: rev + 1});
}

async function wishInTransaction(
  transaction: Transaction,
  db: Firestore,
  id: string,
  request: {by: string; reason: string},
): ReturnType<Runs['requestPromotion']> {
  const reference = db.collection('runs').doc(id);
  const snapshot = await transaction.get(reference);
  const run = knownRunOf(id, snapshot.data());
  if (run.promoteRequested !== undefined) return 'already';
  if (run.state !== 'canary' || !isOpen(run)) return 'no-canary';
  const at = snapshot.readTime;
  transaction.update(reference, {promoteRequested: {...request, at}, rev: run.rev + 1, updatedAt: at});
  return 'requested';
}

async function flagInTransaction(
  transaction: Transaction,
  db: Firestore,
  id: string,
  request: {by: string; reason: string},
): ReturnType<Runs['requestCancel']> {
  const reference = db.collection('runs').doc(id);
  const snapshot = await transaction.get(reference);
  const {state, rev, cancelRequested} = knownRunOf(id, snapshot.data());
  if (isTerminal(state)) return 'ended';
  if (cancelRequested !== undefined) return 'already';
  const at = snapshot.readTime;
  transaction.update(reference, {
    cancelRequested: {...request, at},
    rev: rev + 1,
    updatedAt: at,
    ...(await firstCheck({state, cancelRequested: request}, at)),
  });
  return 'requested';
}
