import {ApiError} from '../api-error.ts';
import type {Documents, StoredDocument} from './document-store.ts';
import {type FieldPath, parseFieldPath} from './field-path.ts';
import {type Filter, fieldOf, matches, parseFilter} from './filter.ts';
import type {google} from './protocol.ts';
import {checkFilter} from './query-limits.ts';
import {type Cursor, compareKeys, type Order, ordersOf, parseCursor} from './query-order.ts';
import {collectionPath, lastId, parentName, parentOf} from './resource-name.ts';
import type {Value} from './value.ts';

/** A query, checked. */
export interface Query {
  /** The document, or documents root, below which to look. */
  readonly parent: string;
  /** Undefined asks for collections of any name. */
  readonly collectionId: string | undefined;
  readonly allDescendants: boolean;
  readonly filter: Filter;
  readonly orders: readonly Order[];
  readonly startAt: Cursor | undefined;
  readonly endAt: Cursor | undefined;
  readonly offset: number;
  readonly limit: number;
  /** Undefined gives whole documents. */
  readonly select: readonly FieldPath[] | undefined;
}

interface Row {
  readonly document: StoredDocument;
  readonly key: readonly Value[];
}

/** @throws ApiError INVALID_ARGUMENT for what Firestore cannot run, FAILED_PRECONDITION for an order it has no index for */
export function parseQuery(
  parent: string | null | undefined,
  wire: google.firestore.v1.IStructuredQuery,
): Query {
  if (wire.findNearest != null) throw new ApiError('UNIMPLEMENTED', 'Vector search is not implemented.');
  const [selector = {}, ...more] = wire.from ?? [];
  if (more.length > 0) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      'StructuredQuery.from cannot have more than one collection selector.',
    );
  }
  const filter = wire.where == null ? {kind: 'and' as const, filters: []} : parseFilter(wire.where);
  checkFilter(filter);
  const orders = ordersOf(wire.orderBy ?? [], filter);
  const asked = orders.slice(0, wire.orderBy?.length ?? 0);
  const query = {
    parent: parentName(parent),
    collectionId: selector.collectionId || undefined,
    allDescendants: selector.allDescendants ?? false,
    filter,
    orders,
    startAt: parseCursor(wire.startAt, asked),
    endAt: parseCursor(wire.endAt, asked),
    offset: natural('offset', wire.offset ?? 0),
    limit: natural('limit', wire.limit == null ? Number.POSITIVE_INFINITY : (wire.limit.value ?? 0)),
    select: wire.select?.fields?.map(({fieldPath}) => parseFieldPath(fieldPath)),
  };
  if (query.collectionId !== undefined) collectionPath(query.parent, query.collectionId);
  return query;
}

/** The documents a query finds, whole, in its order. */
export function runQuery(documents: Documents, query: Query): readonly StoredDocument[] {
  return [...rowsOf(documents, query)]
    .sort((a, b) => compareKeys(a.key, b.key, query.orders))
    .filter(({key}) => query.startAt === undefined || isAtOrAfter(key, query.startAt, query.orders))
    .filter(({key}) => query.endAt === undefined || !isAtOrAfter(key, query.endAt, query.orders))
    .slice(query.offset, query.offset + query.limit)
    .map(({document}) => document);
}

/** A document that lacks a field of the order is not found by it. */
function* rowsOf(documents: Documents, query: Query): Iterable<Row> {
  for (const path of documents.collectionPaths()) {
    if (!covers(query, path)) continue;
    for (const document of documents.inCollection(path)) {
      if (!matches(document, query.filter)) continue;
      const key = query.orders
        .map((order) => fieldOf(document, order.path))
        .filter((value) => value !== undefined);
      if (key.length === query.orders.length) yield {document, key};
    }
  }
}

function covers({parent, collectionId, allDescendants}: Query, path: string): boolean {
  if (collectionId !== undefined && lastId(path) !== collectionId) return false;
  return parentOf(path) === parent || (allDescendants && path.startsWith(`${parent}/`));
}

/** A cursor stands just before or just after the keys that begin with its values. */
function isAtOrAfter(key: readonly Value[], {values, before}: Cursor, orders: readonly Order[]): boolean {
  const order = compareKeys(key, values, orders);
  return before ? order >= 0 : order > 0;
}

function natural(name: string, value: number): number {
  if (value < 0) throw new ApiError('INVALID_ARGUMENT', `${name} is negative`);
  return value;
}
