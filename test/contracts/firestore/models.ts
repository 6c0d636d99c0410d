import assert from 'node:assert/strict';
import {type CollectionReference, FieldValue, type Firestore, type Query} from '@google-cloud/firestore';
import {status} from '@grpc/grpc-js';
import fc from 'fast-check';
import {fill, freshCollection, idsOf} from './fresh-collection.ts';

type Scalar = null | boolean | number | string;
type Data = Record<string, Scalar>;
interface Write {
  readonly kind: 'create' | 'set' | 'merge' | 'update' | 'increment' | 'delete';
  readonly id: string;
  readonly data: Data;
}

const OPERATORS = ['<', '<=', '==', '>=', '>'] as const;
type Operator = (typeof OPERATORS)[number];

interface Asked {
  readonly filter: readonly [Operator, number | string] | undefined;
  readonly direction: 'asc' | 'desc';
  readonly offset: number;
  readonly limit: number;
}

/** Few values, so that ties and repeats are common. */
const scalar = fc.constantFrom<Scalar>(null, true, -1, 0, 0.5, 1, 2, 'a', 'b');
const data = fc.dictionary(fc.constantFrom('x', 'y', 'z'), scalar, {minKeys: 1, noNullPrototype: true});
const id = fc.constantFrom('a', 'b');
const write: fc.Arbitrary<Write> = fc.record({
  kind: fc.constantFrom('create', 'set', 'merge', 'update', 'increment', 'delete'),
  id,
  data,
});
const asked: fc.Arbitrary<Asked> = fc.record({
  filter: fc.option(fc.tuple(fc.constantFrom(...OPERATORS), fc.constantFrom(0, 0.5, 1, 'a', 'b')), {
    nil: undefined,
  }),
  direction: fc.constantFrom('asc', 'desc'),
  offset: fc.nat(4),
  limit: fc.integer({min: 1, max: 30}),
});

/** Firestore against a model of a few lines. */
export function modelContract(firestore: () => Firestore): void {
  describe('models', () => {
    it('leaves the documents that a plain map would, after any writes', async () => {
      const property = fc.asyncProperty(fc.array(write, {maxLength: 12}), async (writes) => {
        const collection = freshCollection(firestore());
        const model = new Map<string, Data>();

        for (const one of writes)
          assert.equal(await codeOf(perform(collection, one)), applyToModel(model, one));

        const {docs} = await collection.get();
        const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
        assert.deepEqual(
          docs.map((doc) => [doc.id, doc.data()]),
          expected,
        );
      });

      await fc.assert(property, {numRuns: 30});
    });

    it('finds what filtering and sorting all documents would find', async () => {
      const collection = freshCollection(firestore());
      const documents = fc
        .sample(data, {numRuns: 40, seed: 1})
        .map((fields, i) => [String(i), fields] as const);
      await fill(collection, Object.fromEntries(documents));

      const property = fc.asyncProperty(asked, async (question) => {
        assert.deepEqual(await idsOf(queryOf(collection, question)), answerOf(documents, question));
      });

      await fc.assert(property, {numRuns: 40});
    });
  });
}

function perform(collection: CollectionReference, one: Write): Promise<unknown> {
  const doc = collection.doc(one.id);
  switch (one.kind) {
    case 'create':
      return doc.create(one.data);
    case 'set':
      return doc.set(one.data);
    case 'merge':
      return doc.set(one.data, {merge: true});
    case 'update':
      return doc.update(one.data);
    case 'increment':
      return doc.update({x: FieldValue.increment(1)});
    case 'delete':
      return doc.delete();
  }
}

/** @returns the code of the error that the write ends in */
function applyToModel(model: Map<string, Data>, {kind, id, data}: Write): status | undefined {
  const current = model.get(id);
  if (kind === 'create' && current !== undefined) return status.ALREADY_EXISTS;
  if ((kind === 'update' || kind === 'increment') && current === undefined) return status.NOT_FOUND;
  if (kind === 'delete') model.delete(id);
  else model.set(id, changed(current, kind, data));
  return undefined;
}

function changed(current: Data | undefined, kind: Exclude<Write['kind'], 'delete'>, data: Data): Data {
  if (kind === 'increment') return {...current, x: 1 + (typeof current?.x === 'number' ? current.x : 0)};
  return kind === 'merge' || kind === 'update' ? {...current, ...data} : data;
}

function queryOf(collection: CollectionReference, {filter, direction, offset, limit}: Asked): Query {
  const all = filter === undefined ? collection : collection.where('x', filter[0], filter[1]);
  return all.orderBy('x', direction).offset(offset).limit(limit);
}

function answerOf(
  documents: readonly (readonly [string, Data])[],
  {filter, direction, offset, limit}: Asked,
): string[] {
  const sign = direction === 'asc' ? 1 : -1;
  return documents
    .flatMap(([key, {x}]) => (x === undefined || !holds(x, filter) ? [] : [{key, x}]))
    .sort((a, b) => sign * (rank(a.x) - rank(b.x) || less(a.x, b.x) || less(a.key, b.key)))
    .slice(offset, offset + limit)
    .map(({key}) => key);
}

function holds(x: Scalar, filter: Asked['filter']): boolean {
  if (filter === undefined) return true;
  const [operator, operand] = filter;
  if (typeof x !== typeof operand) return false;
  const order = less(x, operand);
  if (order === 0) return operator.includes('=');
  return order < 0 ? operator.startsWith('<') : operator.startsWith('>');
}

function rank(x: Scalar): number {
  return ['object', 'boolean', 'number', 'string'].indexOf(typeof x);
}

function less(a: Scalar, b: Scalar): number {
  if (a === null || b === null || a === b) return 0;
  return a < b ? -1 : 1;
}

async function codeOf(writing: Promise<unknown>): Promise<status | undefined> {
  return writing.then(
    () => undefined,
    (error: {code: status}) => error.code,
  );
}
