import assert from 'node:assert/strict';
import {AggregateField, type CollectionReference, type Firestore} from '@google-cloud/firestore';
import {fill, freshCollection} from './fresh-collection.ts';

/** Counts, sums and averages. */
export function aggregationContract(firestore: () => Firestore): void {
  describe('aggregations', () => {
    let collection: CollectionReference;

    before(async () => {
      collection = freshCollection(firestore());
      await fill(collection, {a: {n: 1}, b: {n: 2}, c: {n: 3.5}, d: {n: 'text'}, e: {m: 1}});
    });

    it('counts what a query finds', async () => {
      const {count} = (await collection.where('n', '>=', 2).count().get()).data();

      assert.equal(count, 2);
    });

    it('counts no further than the limit', async () => {
      const {count} = (await collection.limit(3).count().get()).data();

      assert.equal(count, 3);
    });

    it('counts nothing as 0', async () => {
      const {count} = (await freshCollection(firestore()).count().get()).data();

      assert.equal(count, 0);
    });

    it('adds up and averages the numbers and only them', async () => {
      const query = collection.aggregate({
        sum: AggregateField.sum('n'),
        average: AggregateField.average('n'),
      });

      assert.deepEqual((await query.get()).data(), {sum: 6.5, average: 6.5 / 3});
    });

    it('counts only documents that have every aggregated field', async () => {
      const query = collection.aggregate({count: AggregateField.count(), sum: AggregateField.sum('n')});

      assert.equal((await query.get()).data().count, 4);
    });

    it('has a sum but no average of nothing', async () => {
      const query = collection.aggregate({
        sum: AggregateField.sum('x'),
        average: AggregateField.average('x'),
      });

      assert.deepEqual((await query.get()).data(), {sum: 0, average: null});
    });
  });
}
