import assert from 'node:assert/strict';
import {EventEmitter, on} from 'node:events';
import type {
  DocumentReference,
  DocumentSnapshot,
  Firestore,
  Query,
  QuerySnapshot,
} from '@google-cloud/firestore';
import {fill, freshCollection} from './fresh-collection.ts';

interface Listener<Snapshot> {
  /** The next snapshot that the server shows. */
  next(): Promise<Snapshot>;
  stop(): void;
}

/** Listeners that are told of every change. */
export function listeningContract(firestore: () => Firestore): void {
  describe('listeners', () => {
    it('tells of a document that appears, changes and goes', async () => {
      const doc = freshCollection(firestore()).doc('a');
      const {next, stop} = documentListener(doc);

      assert.equal((await next()).exists, false);
      await doc.set({n: 1});
      assert.deepEqual((await next()).data(), {n: 1});
      await doc.update({n: 2});
      assert.deepEqual((await next()).data(), {n: 2});
      await doc.delete();
      assert.equal((await next()).exists, false);

      stop();
    });

    it('tells of what a query finds first and of each change after', async () => {
      const runs = freshCollection(firestore());
      await fill(runs, {a: {state: 'open', n: 2}, b: {state: 'closed', n: 1}});
      const {next, stop} = queryListener(runs.where('state', '==', 'open').orderBy('n'));

      assert.deepEqual(changesOf(await next()), [['added', 'a']]);
      await runs.doc('b').update({state: 'open'});
      const second = await next();
      assert.deepEqual(changesOf(second), [['added', 'b']]);
      assert.deepEqual(
        second.docs.map(({id}) => id),
        ['b', 'a'],
      );
      await runs.doc('a').update({note: 'x'});
      assert.deepEqual(changesOf(await next()), [['modified', 'a']]);
      await runs.doc('a').update({state: 'closed'});
      assert.deepEqual(changesOf(await next()), [['removed', 'a']]);
      await runs.doc('b').delete();
      assert.deepEqual(changesOf(await next()), [['removed', 'b']]);

      stop();
    });

    it('shows all writes of a commit at once', async () => {
      const runs = freshCollection(firestore());
      const {next, stop} = queryListener(runs);
      await next();

      await fill(runs, {a: {n: 1}, b: {n: 1}, c: {n: 1}});

      assert.equal((await next()).size, 3);
      stop();
    });
  });
}

function documentListener(doc: DocumentReference) {
  return listener<DocumentSnapshot>((show, fail) => doc.onSnapshot(show, fail));
}

function queryListener(query: Query) {
  return listener<QuerySnapshot>((show, fail) => query.onSnapshot(show, fail));
}

function listener<Snapshot>(
  listen: (show: (snapshot: Snapshot) => void, fail: (error: Error) => void) => () => void,
): Listener<Snapshot> {
  const emitter = new EventEmitter();
  const snapshots = on(emitter, 'snapshot');
  const stop = listen(
    (snapshot) => emitter.emit('snapshot', snapshot),
    (error) => emitter.emit('error', error),
  );
  const next = async () => {
    const {value} = await snapshots.next();
    assert.ok(value);
    return value[0];
  };
  return {next, stop};
}

function changesOf(snapshot: QuerySnapshot): string[][] {
  return snapshot.docChanges().map(({type, doc}) => [type, doc.id]);
}
