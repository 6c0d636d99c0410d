import assert from 'node:assert/strict';
import {FieldPath, type Firestore, GeoPoint, Timestamp} from '@google-cloud/firestore';
import {freshCollection} from './fresh-collection.ts';

/** Writing documents and reading them back. */
export function documentContract(firestore: () => Firestore): void {
  describe('documents', () => {
    it('gives back every type of value as it was written', async () => {
      const collection = freshCollection(firestore());
      const written = {
        nothing: null,
        truth: true,
        integer: 42,
        double: 0.1,
        infinite: Number.NEGATIVE_INFINITY,
        instant: new Timestamp(1_700_000_000, 123_456_000),
        text: 'naïve 😀',
        bytes: Buffer.from([0, 255, 10]),
        reference: collection.doc('other'),
        point: new GeoPoint(51.5, -0.12),
        list: [1, 'two', {three: 3}],
        map: {inner: {empty: {}, none: []}},
      };

      await collection.doc('a').set(written);

      const read = await collection.doc('a').get();
      assert.deepEqual({...read.data(), reference: undefined}, {...written, reference: undefined});
      assert.equal(read.get('reference').path, written.reference.path);
    });

    it('keeps NaN and negative zero apart from other numbers', async () => {
      const doc = freshCollection(firestore()).doc('a');

      await doc.set({nan: Number.NaN, zero: -0});

      const data = (await doc.get()).data();
      assert.ok(Object.is(data?.nan, Number.NaN));
      assert.ok(Object.is(data?.zero, -0));
    });

    it('keeps 64-bit integers exact', async () => {
      const exact = 9_007_199_254_740_993n;
      const doc = freshCollection(firestore()).doc('a');

      await doc.set({exact});

      const found = await doc.parent.where('exact', '==', exact).get();
      const rounded = await doc.parent.where('exact', '==', 9_007_199_254_740_992n).get();
      assert.deepEqual([found.size, rounded.size], [1, 0]);
    });

    it('rounds instants down to microseconds', async () => {
      const doc = freshCollection(firestore()).doc('a');

      await doc.set({at: new Timestamp(5, 123_456_789)});

      assert.deepEqual((await doc.get()).get('at'), new Timestamp(5, 123_456_000));
    });

    it('reads a document that does not exist as missing', async () => {
      const read = await freshCollection(firestore()).doc('nobody').get();

      assert.equal(read.exists, false);
    });

    it('replaces the whole document on set', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.set({a: 1, b: 2});

      await doc.set({b: 3});

      assert.deepEqual((await doc.get()).data(), {b: 3});
    });

    it('keeps the other fields on a merging set', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.set({a: 1, map: {x: 1, y: 2}});

      await doc.set({map: {y: 3}}, {merge: true});

      assert.deepEqual((await doc.get()).data(), {a: 1, map: {x: 1, y: 3}});
    });

    it('creates the document on a merging set', async () => {
      const doc = freshCollection(firestore()).doc('a');

      await doc.set({a: 1}, {merge: true});

      assert.deepEqual((await doc.get()).data(), {a: 1});
    });

    it('writes only the fields that mergeFields names', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.set({a: 1, b: 1, map: {x: 1}});

      await doc.set({a: 2, b: 2, map: {y: 2}}, {mergeFields: ['a', 'map.y']});

      assert.deepEqual((await doc.get()).data(), {a: 2, b: 1, map: {x: 1, y: 2}});
    });

    it('updates one field of a map and leaves its neighbours', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.set({map: {x: 1, y: 2}});

      await doc.update({'map.y': 3});

      assert.deepEqual((await doc.get()).data(), {map: {x: 1, y: 3}});
    });

    it('replaces a map that an update names whole', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.set({map: {x: 1, y: 2}});

      await doc.update({map: {y: 3}});

      assert.deepEqual((await doc.get()).data(), {map: {y: 3}});
    });

    it('makes the maps on the way to an updated field', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.set({map: 1});

      await doc.update({'map.deep.er': 2});

      assert.deepEqual((await doc.get()).data(), {map: {deep: {er: 2}}});
    });

    it('updates fields whose names need quoting', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.set({'a.b': 1, 'back`tick\\': {'0': 1}});

      await doc.update(new FieldPath('a.b'), 2, new FieldPath('back`tick\\', '0'), 3);

      assert.deepEqual((await doc.get()).data(), {'a.b': 2, 'back`tick\\': {'0': 3}});
    });

    it('keeps fields that share a name with what every object has', async () => {
      const doc = freshCollection(firestore()).doc('a');

      await doc.set({constructor: 1, map: {toString: 2}});

      const read = await doc.parent.where('hasOwnProperty', '==', 1).get();
      assert.deepEqual((await doc.get()).data(), {constructor: 1, map: {toString: 2}});
      assert.equal(read.size, 0);
    });

    it('deletes a document, and one that is not there', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.set({a: 1});

      await doc.delete();
      await doc.delete();

      assert.equal((await doc.get()).exists, false);
    });

    it('keeps the create time and moves the update time', async () => {
      const doc = freshCollection(firestore()).doc('a');
      const {writeTime} = await doc.create({n: 1});

      const second = await doc.set({n: 2});

      const {createTime, updateTime} = await doc.get();
      assert.deepEqual([createTime, updateTime], [writeTime, second.writeTime]);
      assert.ok(second.writeTime.valueOf() > writeTime.valueOf());
    });

    it('keeps the update time when a write changes nothing', async () => {
      const doc = freshCollection(firestore()).doc('a');
      const {writeTime} = await doc.set({n: 1});

      await doc.set({n: 1});

      assert.deepEqual((await doc.get()).updateTime, writeTime);
    });

    it('reads many documents at once in the order asked for', async () => {
      const collection = freshCollection(firestore());
      await collection.doc('b').set({n: 2});

      const read = await firestore().getAll(collection.doc('c'), collection.doc('b'));

      assert.deepEqual(
        read.map(({id, exists}) => [id, exists]),
        [
          ['c', false],
          ['b', true],
        ],
      );
    });

    it('reads only the fields of a mask', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.set({a: 1, map: {x: 1, y: 2}});

      const [read] = await firestore().getAll(doc, {fieldMask: ['map.y', 'none']});

      assert.deepEqual(read?.data(), {map: {y: 2}});
    });
  });
}
