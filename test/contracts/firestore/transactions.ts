import assert from 'node:assert/strict';
import type {CollectionReference, DocumentReference, Firestore} from '@google-cloud/firestore';
import {status} from '@grpc/grpc-js';
import {fill, freshCollection} from './fresh-collection.ts';

/** Enough for a server that aborts where another one queues. */
const PATIENTLY = {maxAttempts: 50};
const CONTENDERS = 20;

/** Transactions, alone and against each other. */
export function transactionContract(firestore: () => Firestore): void {
  describe('transactions', () => {
    let collection: CollectionReference;
    let doc: DocumentReference;

    beforeEach(() => {
      collection = freshCollection(firestore());
      doc = collection.doc('a');
    });

    it('writes what it read and changed', async () => {
      await doc.set({n: 1});

      const seen = await firestore().runTransaction(async (transaction) => {
        const n = (await transaction.get(doc)).get('n');
        transaction.update(doc, {n: n + 1});
        return n;
      });

      assert.deepEqual([seen, (await doc.get()).get('n')], [1, 2]);
    });

    it('writes nothing when its body throws', async () => {
      const failing = firestore().runTransaction(async (transaction) => {
        await transaction.get(doc);
        transaction.set(doc, {n: 1});
        throw new Error('changed my mind');
      });

      await assert.rejects(failing, /changed my mind/);
      assert.equal((await doc.get()).exists, false);
    });

    it('frees its documents when its body throws', async () => {
      const failing = firestore().runTransaction(async (transaction) => {
        await transaction.get(doc);
        throw new Error('changed my mind');
      });
      await assert.rejects(failing);

      await doc.set({n: 1});

      assert.equal((await doc.get()).get('n'), 1);
    });

    it('refuses to create what exists, and writes none of the rest', async () => {
      await doc.set({n: 1});

      const creating = firestore().runTransaction(async (transaction) => {
        transaction.set(collection.doc('other'), {n: 1});
        transaction.create(doc, {n: 2});
      });

      await assert.rejects(creating, {code: status.ALREADY_EXISTS});
      assert.equal((await collection.doc('other').get()).exists, false);
    });

    it('refuses to update what does not exist', async () => {
      const updating = firestore().runTransaction(async (transaction) => {
        transaction.update(doc, {n: 2});
      });

      await assert.rejects(updating, {code: status.NOT_FOUND});
    });

    it('loses none of 20 concurrent increments', async () => {
      await doc.set({n: 0});

      await Promise.all(Array.from({length: CONTENDERS}, () => increment(doc)));

      assert.equal((await doc.get()).get('n'), CONTENDERS);
    });

    it('creates a document once though many find it missing', async () => {
      const claims = await Promise.all(Array.from({length: CONTENDERS}, (_, n) => claim(doc, n)));

      assert.equal(claims.filter((won) => won).length, 1);
      assert.equal((await doc.get()).get('owner'), claims.indexOf(true));
    });

    it('does not lose a plain write to a document that it has read', async () => {
      await doc.set({n: 0});
      let plain: Promise<unknown> | undefined;

      await firestore().runTransaction(async (transaction) => {
        const n = (await transaction.get(doc)).get('n');
        plain ??= doc.update({plain: true});
        transaction.set(doc, {n: n + 1}, {merge: true});
      }, PATIENTLY);
      await plain;

      assert.deepEqual((await doc.get()).data(), {n: 1, plain: true});
    });

    it('does not overwrite a plain creation of a document that it found missing', async () => {
      let plain: Promise<unknown> | undefined;

      await firestore().runTransaction(async (transaction) => {
        const found = await transaction.get(doc);
        plain ??= doc.set({plain: true}, {merge: true});
        transaction.set(doc, {...found.data(), mine: true});
      }, PATIENTLY);
      await plain;

      assert.deepEqual((await doc.get()).data(), {mine: true, plain: true});
    });

    it('keeps a limit that each transaction checks by a query', async () => {
      const admitted = await Promise.all(
        Array.from({length: 10}, (_, n) => admit(collection, `run-${n}`, 3)),
      );

      assert.equal(admitted.filter((isIn) => isIn).length, 3);
      assert.equal((await collection.get()).size, 3);
    });

    it('keeps a rule over two documents that each transaction changes one of', async () => {
      await fill(collection, {a: {on: true}, b: {on: true}});

      await Promise.all([switchOff(collection, 'a'), switchOff(collection, 'b')]);

      assert.equal((await collection.where('on', '==', true).get()).size, 1);
    });

    it('ends though two transactions read in opposite orders', async () => {
      await fill(collection, {a: {n: 0}, b: {n: 0}});

      await Promise.all([incrementBoth(collection, ['a', 'b']), incrementBoth(collection, ['b', 'a'])]);

      const [a, b] = await firestore().getAll(collection.doc('a'), collection.doc('b'));
      assert.deepEqual([a?.get('n'), b?.get('n')], [2, 2]);
    });

    it('queries, and reads many at once', async () => {
      await fill(collection, {a: {n: 1}, b: {n: 2}});

      const seen = await firestore().runTransaction(async (transaction) => {
        const query = await transaction.get(collection.where('n', '>', 1));
        const documents = await transaction.getAll(doc, collection.doc('none'));
        const count = await transaction.get(collection.count());
        return [query.docs.map(({id}) => id), documents.map(({exists}) => exists), count.data().count];
      });

      assert.deepEqual(seen, [['b'], [true, false], 2]);
    });

    it('sees one moment throughout when it only reads', async () => {
      await fill(collection, {a: {n: 1}});

      const seen = await firestore().runTransaction(
        async (transaction) => {
          const first = await transaction.get(doc);
          await fill(collection, {a: {n: 2}, b: {n: 1}});
          const second = await transaction.get(doc);
          const all = await transaction.get(collection);
          return [first.get('n'), second.get('n'), all.size];
        },
        {readOnly: true},
      );

      assert.deepEqual(seen, [1, 1, 1]);
    });

    it('reads the past, also what has been deleted since', async () => {
      const {writeTime} = await doc.set({n: 1});
      await doc.delete();
      await collection.doc('later').set({n: 1});

      const seen = await firestore().runTransaction(
        async (transaction) => (await transaction.get(collection)).docs,
        {
          readOnly: true,
          readTime: writeTime,
        },
      );

      assert.deepEqual(
        seen.map(({id}) => id),
        ['a'],
      );
    });

    it('does not make readers outside it wait', async () => {
      await doc.set({n: 1});

      const outside = await firestore().runTransaction(async (transaction) => {
        await transaction.get(doc);
        const read = await doc.get();
        transaction.update(doc, {n: 2});
        return read.get('n');
      });

      assert.equal(outside, 1);
    });
  });
}

function increment(doc: DocumentReference): Promise<void> {
  return doc.firestore.runTransaction(async (transaction) => {
    const n = (await transaction.get(doc)).get('n');
    transaction.update(doc, {n: n + 1});
  }, PATIENTLY);
}

function incrementBoth(collection: CollectionReference, ids: readonly string[]): Promise<void> {
  return collection.firestore.runTransaction(async (transaction) => {
    const read: [DocumentReference, number][] = [];
    for (const id of ids) {
      const found = await transaction.get(collection.doc(id));
      read.push([found.ref, found.get('n')]);
    }
    for (const [doc, n] of read) transaction.update(doc, {n: n + 1});
  }, PATIENTLY);
}

/** @returns whether this caller is the one that made the document */
function claim(doc: DocumentReference, owner: number): Promise<boolean> {
  return doc.firestore.runTransaction(async (transaction) => {
    const found = await transaction.get(doc);
    if (found.exists) return false;
    transaction.create(doc, {owner});
    return true;
  }, PATIENTLY);
}

/** Puts a document into the collection unless it is full. */
function admit(collection: CollectionReference, id: string, limit: number): Promise<boolean> {
  return collection.firestore.runTransaction(async (transaction) => {
    const {size} = await transaction.get(collection);
    if (size >= limit) return false;
    transaction.create(collection.doc(id), {});
    return true;
  }, PATIENTLY);
}

/** Switches a document off unless it is the last that is on. */
function switchOff(collection: CollectionReference, id: string): Promise<void> {
  return collection.firestore.runTransaction(async (transaction) => {
    const on = await transaction.get(collection.where('on', '==', true));
    if (on.size > 1) transaction.update(collection.doc(id), {on: false});
  }, PATIENTLY);
}
