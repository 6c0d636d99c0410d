import assert from 'node:assert/strict';
import {
  type CollectionReference,
  FieldPath,
  Filter,
  type Firestore,
  type Query,
} from '@google-cloud/firestore';
import {status} from '@grpc/grpc-js';
import {freshCollection} from './fresh-collection.ts';

const ID = FieldPath.documentId();

const CASES: readonly (readonly [string, (all: CollectionReference) => Query, status])[] = [
  ['an empty list', (all) => all.where('a', 'in', []), status.INVALID_ARGUMENT],
  ['a list of 31', (all) => all.where('a', 'in', numbers(31)), status.INVALID_ARGUMENT],
  ['a not-in list of 11', (all) => all.where('a', 'not-in', numbers(11)), status.INVALID_ARGUMENT],
  [
    'two array-contains',
    (all) => all.where('a', 'array-contains', 1).where('b', 'array-contains', 1),
    status.INVALID_ARGUMENT,
  ],
  ['two negations', (all) => all.where('a', '!=', 1).where('b', '!=', 1), status.INVALID_ARGUMENT],
  [
    'not-in together with in',
    (all) => all.where('a', 'not-in', [1]).where('b', 'in', [1]),
    status.INVALID_ARGUMENT,
  ],
  [
    'not-in together with or',
    (all) =>
      all.where('a', 'not-in', [1]).where(Filter.or(Filter.where('b', '==', 1), Filter.where('c', '==', 1))),
    status.INVALID_ARGUMENT,
  ],
  ['an order that repeats a field', (all) => all.orderBy('a').orderBy('a', 'desc'), status.INVALID_ARGUMENT],
  ['an order that goes on after the id', (all) => all.orderBy(ID).orderBy('a'), status.INVALID_ARGUMENT],
  ['a negative limit', (all) => all.limit(-1), status.INVALID_ARGUMENT],
  ['a negative offset', (all) => all.offset(-1), status.INVALID_ARGUMENT],
  ['ids alone downwards', (all) => all.orderBy(ID, 'desc'), status.FAILED_PRECONDITION],
  ['the last of ids alone', (all) => all.orderBy(ID).limitToLast(1), status.FAILED_PRECONDITION],
];

/** Queries that Firestore does not run. They start together, since a server may let the client retry each for seconds. */
export function queryRefusalContract(firestore: () => Firestore): void {
  describe('query refusals', () => {
    let refusals: Map<string, Promise<unknown>>;

    before(() => {
      refusals = new Map(CASES.map(([what, query]) => [what, errorOf(query(freshCollection(firestore())))]));
    });

    for (const [what, , code] of CASES) {
      it(`refuses ${what}`, async () => {
        assert.equal(await refusals.get(what), code);
      });
    }
  });
}

async function errorOf(query: Query): Promise<unknown> {
  return query.get().then(
    () => undefined,
    (error: {code: unknown}) => error.code,
  );
}

function numbers(length: number): number[] {
  return Array.from({length}, (_, i) => i);
}
