import assert from 'node:assert/strict';
import {documentLocks, queryLocks} from '../../../local/firestore/lock-sets.ts';
import type {LockSet} from '../../../local/firestore/locks.ts';

const ROOT = 'projects/p/databases/d/documents';
const RUN = `${ROOT}/runs/a`;
const TRIAL = `${RUN}/trials/1`;

const query = (parent: string, collectionId: string | undefined, allDescendants: boolean) =>
  queryLocks({parent, collectionId, allDescendants});

const CASES: readonly (readonly [string, LockSet, boolean])[] = [
  ['a query of its collection', query(RUN, 'trials', false), true],
  ['a query of its collection group', query(ROOT, 'trials', true), true],
  ['a query of everything', query(ROOT, undefined, true), true],
  ['the document itself', documentLocks([TRIAL]), true],
  ['a query of a collection of the same name elsewhere', query(`${ROOT}/runs/b`, 'trials', false), false],
  ['a query of the collection above', query(ROOT, 'runs', false), false],
  [
    'a query of everything in another database',
    query('projects/p/databases/e/documents', undefined, true),
    false,
  ],
  ['its parent document', documentLocks([RUN]), false],
  ['its neighbour', documentLocks([`${RUN}/trials/2`]), false],
];

describe('lock sets', () => {
  for (const [what, other, excluded] of CASES) {
    it(`${excluded ? 'exclude' : 'allow'} a document and ${what} at once`, () => {
      const document = documentLocks([TRIAL]);

      const clashes = [...document].some(([key, mode]) => {
        const wanted = other.get(key);
        return wanted !== undefined && (wanted === 'exclusive' || mode === 'exclusive');
      });

      assert.equal(clashes, excluded);
    });
  }
});
