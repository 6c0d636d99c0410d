import assert from 'node:assert/strict';
import {
  type CollectionReference,
  FieldPath,
  Filter,
  type Firestore,
  GeoPoint,
  type Query,
  Timestamp,
} from '@google-cloud/firestore';
import {fill, freshCollection, idsOf} from './fresh-collection.ts';

const ID = FieldPath.documentId();

const VALUES = {
  null: null,
  no: false,
  yes: true,
  nan: Number.NaN,
  minus: -3,
  one: 1,
  half: 1.5,
  two: 2,
  instant: new Timestamp(1, 0),
  a: 'a',
  bytes: Buffer.from('x'),
  point: new GeoPoint(1, 2),
  nulls: [null, Number.NaN],
  list: [1, 2],
  map: {a: 1},
};
const NOT_NULL = Object.keys(VALUES).filter((id) => id !== 'null');

const FILTERS: readonly (readonly [string, Filter, readonly string[]])[] = [
  ['< within the type', Filter.where('v', '<', 2), ['minus', 'one', 'half']],
  ['<= within the type', Filter.where('v', '<=', 2), ['minus', 'one', 'half', 'two']],
  ['> within the type', Filter.where('v', '>', 1), ['half', 'two']],
  ['>= within the type', Filter.where('v', '>=', 'a'), ['a']],
  ['ranges of booleans', Filter.where('v', '<', true), ['no']],
  ['ranges of arrays', Filter.where('v', '<', [1, 2]), ['nulls']],
  ['== of a number', Filter.where('v', '==', 1), ['one']],
  ['== of an array', Filter.where('v', '==', [1, 2]), ['list']],
  ['== of a map', Filter.where('v', '==', {a: 1}), ['map']],
  ['== null', Filter.where('v', '==', null), ['null']],
  ['== NaN', Filter.where('v', '==', Number.NaN), ['nan']],
  ['!=, leaving out null', Filter.where('v', '!=', 1), NOT_NULL.filter((id) => id !== 'one')],
  ['!= null', Filter.where('v', '!=', null), NOT_NULL],
  ['!= NaN', Filter.where('v', '!=', Number.NaN), NOT_NULL.filter((id) => id !== 'nan')],
  ['in, which finds neither null nor NaN', Filter.where('v', 'in', [null, Number.NaN, 1]), ['one']],
  [
    'not-in, leaving out null',
    Filter.where('v', 'not-in', [1, 'a']),
    NOT_NULL.filter((id) => id !== 'one' && id !== 'a'),
  ],
  ['not-in of null, which finds nothing', Filter.where('v', 'not-in', [1, null]), []],
  ['array-contains', Filter.where('v', 'array-contains', 1), ['list']],
  ['array-contains-any', Filter.where('v', 'array-contains-any', [2, 7]), ['list']],
  ['array-contains-any of null, which finds nothing', Filter.where('v', 'array-contains-any', [null]), []],
  ['or', Filter.or(Filter.where('v', '==', 1), Filter.where('k', '==', 'a')), ['a', 'one']],
  [
    'or with a range, ordered by its field',
    Filter.or(Filter.where('v', '>', 1), Filter.where('k', '==', 'a')),
    ['half', 'two', 'a'],
  ],
  [
    'and of two ranges on two fields, ordered by both',
    Filter.and(Filter.where('v', '>', 0), Filter.where('k', '>', 'n')),
    ['one', 'two'],
  ],
  ['a field that nothing has', Filter.where('none', '!=', 1), []],
];

/** What each filter finds. */
export function queryContract(firestore: () => Firestore): void {
  describe('queries', () => {
    let collection: CollectionReference;

    before(async () => {
      collection = freshCollection(firestore());
      const documents = Object.entries(VALUES).map(([id, v]) => [id, {v, k: id}]);
      await fill(collection, {...Object.fromEntries(documents), missing: {k: 'missing'}});
    });

    for (const [what, filter, expected] of FILTERS) {
      it(`finds by ${what}`, async () => {
        assert.deepEqual(await idsOf(collection.where(filter)), expected);
      });
    }

    const NAMES: readonly (readonly [string, (all: CollectionReference) => Query, readonly string[]])[] = [
      ['a range of ids', (all) => all.where(ID, '>=', 'm').where(ID, '<', 'n'), ['map', 'minus', 'missing']],
      ['a list of ids', (all) => all.where(ID, 'in', ['two', 'nobody', 'a']), ['a', 'two']],
      ['an id and a field', (all) => all.where(ID, '==', 'one').where('v', '==', 1), ['one']],
    ];
    for (const [what, query, expected] of NAMES) {
      it(`finds by ${what}`, async () => {
        assert.deepEqual(await idsOf(query(collection)), expected);
      });
    }

    it('gives whole documents in the order of their ids by default', async () => {
      const ids = await idsOf(collection);

      assert.deepEqual(ids, [...Object.keys(VALUES), 'missing'].sort());
    });

    it('finds by a field of a map', async () => {
      const nested = freshCollection(firestore());
      await fill(nested, {a: {m: {'x.y': 1}}, b: {m: {'x.y': 2}}, c: {m: 1}});

      const ids = await idsOf(nested.where(new FieldPath('m', 'x.y'), '>', 1));

      assert.deepEqual(ids, ['b']);
    });

    it('gives only the selected fields', async () => {
      const found = await collection.where('v', '==', 1).select('k', 'none').get();

      assert.deepEqual(
        found.docs.map((doc) => doc.data()),
        [{k: 'one'}],
      );
    });

    it('gives only references when nothing is selected', async () => {
      const found = await collection.where('v', '==', 1).select().get();

      assert.deepEqual(
        found.docs.map((doc) => [doc.id, doc.data()]),
        [['one', {}]],
      );
    });

    it('finds nothing in a collection that has never been', async () => {
      assert.deepEqual(await idsOf(freshCollection(firestore())), []);
    });

    it('leaves out the collections below and beside', async () => {
      const runs = freshCollection(firestore());
      await runs.doc('a').set({n: 1});
      await runs.doc('a').collection(runs.id).doc('b').set({n: 1});

      assert.deepEqual(await idsOf(runs), ['a']);
    });

    it('finds all collections of a name as a group', async () => {
      const {id} = freshCollection(firestore());
      const {batch, paths} = groupOf(firestore(), id);
      await batch.commit();

      const found = await firestore().collectionGroup(id).orderBy('n').get();

      assert.deepEqual(
        found.docs.map(({ref}) => ref.path),
        paths,
      );
    });
  });
}

/** Documents of collections called `id` at three depths, numbered in their order. */
function groupOf(firestore: Firestore, id: string) {
  const paths = [`${id}/z`, `${id}/z/${id}/y`, `${id}-x/1/b/2/${id}/x`];
  const batch = firestore.batch();
  for (const [n, path] of paths.entries()) batch.set(firestore.doc(path), {n});
  batch.set(firestore.doc(`${id}x/w`), {n: 3});
  return {batch, paths};
}
