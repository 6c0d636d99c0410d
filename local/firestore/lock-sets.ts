import type {LockMode, LockSet} from './locks.ts';
import type {Query} from './query.ts';
import {lastId, parentOf, rootOf} from './resource-name.ts';

/** Which collections a query looks at. */
type Scope = Pick<Query, 'parent' | 'collectionId' | 'allDescendants'>;

/**
 * What a transaction locks to read or write documents: each for itself, and its collections against queries.
 * A query locks the whole collection, so that no document can join or leave its result; this is coarser than
 * Firestore's index ranges, never weaker.
 */
export function documentLocks(names: readonly string[]): LockSet {
  const locks = new Map<string, LockMode>();
  for (const name of names) {
    const path = parentOf(name);
    for (const scope of [rootOf(name), groupKey(rootOf(name), lastId(path)), path])
      locks.set(scope, 'shared');
    locks.set(name, 'exclusive');
  }
  return locks;
}

export function queryLocks({parent, collectionId, allDescendants}: Scope): LockSet {
  const root = rootOf(parent);
  if (collectionId === undefined) return new Map([[root, 'exclusive']]);
  return new Map([
    [allDescendants ? groupKey(root, collectionId) : `${parent}/${collectionId}`, 'exclusive'],
  ]);
}

/** Collection ids hold no slash, so no path of a collection or document looks like this. */
function groupKey(root: string, collectionId: string): string {
  return `${root}//${collectionId}`;
}
