import assert from 'node:assert/strict';
import type {Firestore} from '@google-cloud/firestore';
import {fill, freshCollection} from './fresh-collection.ts';

/** Lists of documents and collections, and deleting a tree. */
export function listingContract(firestore: () => Firestore): void {
  describe('lists', () => {
    it('lists documents, also those that only have something below', async () => {
      const collection = freshCollection(firestore());
      await collection.doc('a').set({n: 1});
      await collection.doc('ghost').collection('below').doc('x').set({n: 1});

      const listed = await collection.listDocuments();

      assert.deepEqual(
        listed.map(({id}) => id),
        ['a', 'ghost'],
      );
    });

    it('does not find in a query what only has something below', async () => {
      const collection = freshCollection(firestore());
      await collection.doc('ghost').collection('below').doc('x').set({n: 1});

      assert.equal((await collection.get()).size, 0);
    });

    it('lists the collections of the root', async () => {
      const collection = freshCollection(firestore());
      await collection.doc('a').collection('below').doc('x').set({n: 1});

      const ids = (await firestore().listCollections()).map(({id}) => id);

      assert.ok(ids.includes(collection.id));
      assert.ok(!ids.includes('below'));
    });

    it('lists the collections of a document in order', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.collection('trials').doc('x').set({n: 1});
      await doc.collection('events').doc('x').collection('deeper').doc('y').set({n: 1});

      const listed = await doc.listCollections();

      assert.deepEqual(
        listed.map(({id}) => id),
        ['events', 'trials'],
      );
    });

    it('forgets a collection whose last document is deleted', async () => {
      const doc = freshCollection(firestore()).doc('a');
      await doc.collection('trials').doc('x').set({n: 1});

      await doc.collection('trials').doc('x').delete();

      assert.deepEqual(await doc.listCollections(), []);
    });

    it('deletes a collection with all below it, and only that', async () => {
      const collection = freshCollection(firestore());
      const sibling = firestore().collection(`${collection.id}-sibling`);
      await fill(collection, {a: {n: 1}, Z: {n: 1}});
      await collection.doc('a').collection('below').doc('x').set({n: 1});
      await sibling.doc('a').set({n: 1});

      await firestore().recursiveDelete(collection);

      assert.deepEqual(await collection.listDocuments(), []);
      assert.equal((await sibling.get()).size, 1);
    });
  });
}
