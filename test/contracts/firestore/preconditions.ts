import assert from 'node:assert/strict';
import {type Firestore, Timestamp} from '@google-cloud/firestore';
import {status} from '@grpc/grpc-js';
import {freshCollection} from './fresh-collection.ts';

const LONG_AGO = Timestamp.fromMillis(1000);

/** What must hold for a write to happen, and commits that happen whole or not at all. */
export function preconditionContract(firestore: () => Firestore): void {
  describe('preconditions', () => {
    it('creates a document once', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.create({n: 1});

      await assert.rejects(doc.create({n: 2}), {code: status.ALREADY_EXISTS});

      assert.deepEqual((await doc.get()).data(), {n: 1});
    });

    it('lets exactly one of many concurrent creates win', async () => {
      const doc = freshCollection(firestore()).doc('a');

      const settled = await Promise.allSettled(Array.from({length: 20}, (_, n) => doc.create({n})));

      const refused = settled.filter((one) => one.status === 'rejected');
      assert.equal(refused.length, 19);
      assert.ok(refused.every(({reason}) => reason.code === status.ALREADY_EXISTS));
    });

    it('creates a document again after it was deleted', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.create({n: 1});
      await doc.delete();

      await doc.create({n: 2});

      assert.deepEqual((await doc.get()).data(), {n: 2});
    });

    it('refuses to update a document that does not exist', async () => {
      const doc = freshCollection(firestore()).doc('a');

      await assert.rejects(doc.update({n: 1}), {code: status.NOT_FOUND});

      assert.equal((await doc.get()).exists, false);
    });

    it('refuses to delete a missing document that must exist', async () => {
      const doc = freshCollection(firestore()).doc('a');

      await assert.rejects(doc.delete({exists: true}), {code: status.NOT_FOUND});
    });

    it('updates when the update time is the last one', async () => {
      const doc = freshCollection(firestore()).doc('a');
      const {writeTime} = await doc.set({n: 1});

      await doc.update({n: 2}, {lastUpdateTime: writeTime});

      assert.equal((await doc.get()).get('n'), 2);
    });

    it('refuses an update on top of an older version', async () => {
      const doc = freshCollection(firestore()).doc('a');
      const {writeTime} = await doc.set({n: 1});
      await doc.set({n: 2});

      const stale = doc.update({n: 3}, {lastUpdateTime: writeTime});

      await assert.rejects(stale, {code: status.FAILED_PRECONDITION});
      assert.equal((await doc.get()).get('n'), 2);
    });

    it('refuses an update time for a document that does not exist', async () => {
      const doc = freshCollection(firestore()).doc('a');

      const stale = doc.update({n: 3}, {lastUpdateTime: LONG_AGO});

      await assert.rejects(stale, {code: status.FAILED_PRECONDITION});
    });

    it('refuses to delete an older version', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.set({n: 1});

      await assert.rejects(doc.delete({lastUpdateTime: LONG_AGO}), {code: status.FAILED_PRECONDITION});

      assert.equal((await doc.get()).exists, true);
    });

    it('writes nothing of a batch when one write is refused', async () => {
      const collection = freshCollection(firestore());
      await collection.doc('taken').set({n: 1});
      const batch = firestore().batch();
      batch.set(collection.doc('first'), {n: 2});
      batch.create(collection.doc('taken'), {n: 2});

      await assert.rejects(batch.commit(), {code: status.ALREADY_EXISTS});

      assert.equal((await collection.doc('first').get()).exists, false);
    });

    it('gives all writes of a batch one time', async () => {
      const collection = freshCollection(firestore());
      const batch = firestore().batch();
      batch.set(collection.doc('a'), {n: 1});
      batch.set(collection.doc('b'), {n: 1});

      const results = await batch.commit();

      assert.deepEqual(results[0]?.writeTime, results[1]?.writeTime);
    });

    it('applies several writes of a batch to one document in turn', async () => {
      const doc = freshCollection(firestore()).doc('a');
      const batch = firestore().batch();
      batch.create(doc, {n: 1});
      batch.update(doc, {m: 2});

      await batch.commit();

      assert.deepEqual((await doc.get()).data(), {n: 1, m: 2});
    });

    it('refuses single writes of a bulk and does the others', async () => {
      const collection = freshCollection(firestore());
      await collection.doc('taken').set({n: 1});
      const writer = firestore().bulkWriter();
      writer.onWriteError(() => false);

      const done = writer.create(collection.doc('free'), {n: 2});
      const refused = writer.create(collection.doc('taken'), {n: 2});
      const outcome = Promise.all([done, assert.rejects(refused, {code: status.ALREADY_EXISTS})]);
      await writer.close();

      await outcome;
      assert.equal((await collection.doc('free').get()).get('n'), 2);
    });
  });
}
