import assert from 'node:assert/strict';
import {
  type CollectionReference,
  FieldPath,
  type Firestore,
  GeoPoint,
  type Query,
  Timestamp,
} from '@google-cloud/firestore';
import {fill, freshCollection, idsOf} from './fresh-collection.ts';

const ID = FieldPath.documentId();

/** One value of each kind, in Firestore's order. */
const IN_ORDER = [
  null,
  false,
  true,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  -0.5,
  0,
  1,
  1.5,
  9_007_199_254_740_992,
  9_007_199_254_740_993n,
  Number.POSITIVE_INFINITY,
  new Timestamp(1, 0),
  new Timestamp(1, 1000),
  '',
  'a',
  'aa',
  'b',
  '\uff5e',
  '😀',
  Buffer.from([]),
  Buffer.from([1]),
  Buffer.from([1, 0]),
  Buffer.from([200]),
  new GeoPoint(1, 2),
  new GeoPoint(1, 3),
  [],
  [null],
  [1],
  [1, 2],
  [2],
  {},
  {a: 1},
  {a: 1, b: 1},
  {a: 2},
  {b: 0},
];

const PEOPLE = {
  ann: {city: 'Rome', age: 30},
  bob: {city: 'Oslo', age: 30},
  cid: {city: 'Rome', age: 25},
  dan: {city: 'Oslo', age: 40},
  eve: {city: 'Rome'},
};

const CASES: readonly (readonly [string, (people: CollectionReference) => Query, readonly string[]])[] = [
  ['breaks ties by id', (people) => people.orderBy('age'), ['cid', 'ann', 'bob', 'dan']],
  ['breaks ties downwards too', (people) => people.orderBy('age', 'desc'), ['dan', 'bob', 'ann', 'cid']],
  [
    'orders by several fields',
    (people) => people.orderBy('city').orderBy('age', 'desc'),
    ['dan', 'bob', 'ann', 'cid'],
  ],
  [
    'orders ties by id as asked',
    (people) => people.orderBy('age').orderBy(ID, 'desc'),
    ['cid', 'bob', 'ann', 'dan'],
  ],
  [
    'leaves out documents without the field',
    (people) => people.where('city', '==', 'Rome').orderBy('age'),
    ['cid', 'ann'],
  ],
  ['orders by the field of a range', (people) => people.where('age', '>', 25), ['ann', 'bob', 'dan']],
  [
    'orders a range downwards',
    (people) => people.where('age', '>', 25).orderBy('age', 'desc'),
    ['dan', 'bob', 'ann'],
  ],
  [
    'orders a filtered result by id downwards',
    (people) => people.where('city', '==', 'Rome').orderBy(ID, 'desc'),
    ['eve', 'cid', 'ann'],
  ],
  ['stops at the limit', (people) => people.orderBy('age').limit(2), ['cid', 'ann']],
  ['skips the offset', (people) => people.orderBy('age').offset(1).limit(2), ['ann', 'bob']],
  ['finds nothing beyond the end', (people) => people.offset(9), []],
  ['gives the last ones', (people) => people.orderBy('age').limitToLast(2), ['bob', 'dan']],
  ['starts at a value', (people) => people.orderBy('age').startAt(30), ['ann', 'bob', 'dan']],
  ['starts after a value', (people) => people.orderBy('age').startAfter(30), ['dan']],
  ['ends at a value', (people) => people.orderBy('age').endAt(30), ['cid', 'ann', 'bob']],
  ['ends before a value', (people) => people.orderBy('age').endBefore(30), ['cid']],
  [
    'starts at a value downwards',
    (people) => people.orderBy('age', 'desc').startAt(30),
    ['bob', 'ann', 'cid'],
  ],
  [
    'starts at a value of each order',
    (people) => people.orderBy('age').orderBy('city').startAfter(30, 'Oslo'),
    ['ann', 'dan'],
  ],
  ['starts at an id', (people) => people.orderBy(ID).startAt('d'), ['dan', 'eve']],
  ['starts where no document is', (people) => people.orderBy('age').startAt(26).endAt(31), ['ann', 'bob']],
];

/** The order of results, and the parts of it that a query may ask for. */
export function orderContract(firestore: () => Firestore): void {
  describe('orders', () => {
    let people: CollectionReference;

    before(async () => {
      people = freshCollection(firestore());
      await fill(people, PEOPLE);
    });

    it('orders values of all types', async () => {
      const values = freshCollection(firestore());
      const ids = IN_ORDER.map((_, i) => String(i));
      await fill(values, Object.fromEntries(IN_ORDER.map((value, i) => [String(i), {value}])));

      assert.deepEqual(await idsOf(values.orderBy('value')), ids);
      assert.deepEqual(await idsOf(values.orderBy('value', 'desc')), ids.toReversed());
    });

    it('orders references by their segments', async () => {
      const references = freshCollection(firestore());
      const paths = ['a/b', 'a/b/c/d', 'a/b!', 'b/a'];
      const documents = paths.map((path, i) => [String(i), {to: firestore().doc(path)}]);
      await fill(references, Object.fromEntries(documents));

      assert.deepEqual(await idsOf(references.orderBy('to')), ['0', '1', '2', '3']);
    });

    for (const [what, query, expected] of CASES) {
      it(what, async () => {
        assert.deepEqual(await idsOf(query(people)), expected);
      });
    }

    it('starts after a document', async () => {
      const bob = await people.doc('bob').get();

      assert.deepEqual(await idsOf(people.orderBy('age').startAfter(bob)), ['dan']);
    });

    it('pages through a result without a gap or a repeat', async () => {
      const pages: string[][] = [];
      let query = people.orderBy('city').limit(2);
      for (let page = await query.get(); !page.empty; page = await query.get()) {
        pages.push(page.docs.map(({id}) => id));
        query = query.startAfter(page.docs.at(-1));
      }

      assert.deepEqual(pages, [['bob', 'dan'], ['ann', 'cid'], ['eve']]);
    });
  });
}
