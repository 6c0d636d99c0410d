import assert from 'node:assert/strict';
import {type DocumentData, FieldValue, type Firestore, Timestamp} from '@google-cloud/firestore';
import {status} from '@grpc/grpc-js';
import {freshCollection} from './fresh-collection.ts';

const CASES: readonly (readonly [string, DocumentData, DocumentData, DocumentData])[] = [
  ['adds to a number', {n: 1}, {n: FieldValue.increment(2)}, {n: 3}],
  ['adds a double to an integer', {n: 1}, {n: FieldValue.increment(0.5)}, {n: 1.5}],
  ['starts counting at a field that is missing', {}, {n: FieldValue.increment(2)}, {n: 2}],
  ['starts counting over at a field that is no number', {n: 'x'}, {n: FieldValue.increment(2)}, {n: 2}],
  ['counts inside a map', {m: {n: 1, o: 1}}, {'m.n': FieldValue.increment(1)}, {m: {n: 2, o: 1}}],
  [
    'adds only missing elements to an array',
    {l: [1, 'a']},
    {l: FieldValue.arrayUnion(1, 'b', 'b')},
    {l: [1, 'a', 'b']},
  ],
  ['treats equal numbers as one element', {l: [1]}, {l: FieldValue.arrayUnion(1.0)}, {l: [1]}],
  ['starts an array at a field that is no array', {l: 5}, {l: FieldValue.arrayUnion(1)}, {l: [1]}],
  ['removes every equal element from an array', {l: [1, 2, 1]}, {l: FieldValue.arrayRemove(1)}, {l: [2]}],
  ['removes from a field that is no array', {l: 5}, {l: FieldValue.arrayRemove(1)}, {l: []}],
  ['deletes a field', {a: 1, b: 2}, {b: FieldValue.delete()}, {a: 1}],
  ['deletes a field of a map', {m: {x: 1, y: 2}}, {'m.x': FieldValue.delete()}, {m: {y: 2}}],
];

/** Values that the server works out. */
export function transformContract(firestore: () => Firestore): void {
  describe('transforms', () => {
    for (const [what, stored, update, expected] of CASES) {
      it(what, async () => {
        const doc = freshCollection(firestore()).doc('a');
        await doc.set(stored);

        await doc.update(update);

        assert.deepEqual((await doc.get()).data(), expected);
      });
    }

    it('stops an integer at the end of 64 bits', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.set({n: 9_223_372_036_854_775_806n});

      await doc.update({n: FieldValue.increment(5)});

      const found = await doc.parent.where('n', '==', 9_223_372_036_854_775_807n).get();
      assert.equal(found.size, 1);
    });

    it('loses none of many concurrent increments', async () => {
      const doc = freshCollection(firestore()).doc('a');

      await Promise.all(Array.from({length: 20}, () => doc.set({n: FieldValue.increment(1)}, {merge: true})));

      assert.equal((await doc.get()).get('n'), 20);
    });

    it('puts the time of the commit, in whole milliseconds', async () => {
      const doc = freshCollection(firestore()).doc('a');

      await doc.set({first: FieldValue.serverTimestamp(), second: FieldValue.serverTimestamp()});

      const data = (await doc.get()).data();
      assert.ok(data?.first instanceof Timestamp);
      assert.equal(data.first.nanoseconds % 1e6, 0);
      assert.deepEqual(data.first, data.second);
      assert.ok(Math.abs(data.first.toMillis() - Date.now()) < 60_000);
    });

    it('applies transforms together with plain fields', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.set({n: 1, old: true});

      await doc.set({plain: 1, n: FieldValue.increment(1)}, {merge: true});

      assert.deepEqual((await doc.get()).data(), {n: 2, old: true, plain: 1});
    });

    it('refuses a transform of a document that must exist', async () => {
      const doc = freshCollection(firestore()).doc('a');

      await assert.rejects(doc.update({n: FieldValue.increment(1)}), {code: status.NOT_FOUND});
    });
  });
}
