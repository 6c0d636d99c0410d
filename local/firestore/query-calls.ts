import {ApiError} from '../api-error.ts';
import {aggregate, parseAggregations} from './aggregation.ts';
import type {Caller} from './calls.ts';
import {queryLocks} from './lock-sets.ts';
import type {google} from './protocol.ts';
import {parseQuery, runQuery} from './query.ts';
import type {Reader} from './reader.ts';
import {wireDocument, wireFields} from './wire-document.ts';

/** The calls that find documents by what they hold. */
export function queryCalls(reader: Reader) {
  return {
    async runQuery(
      request: google.firestore.v1.IRunQueryRequest,
      caller: Caller,
    ): Promise<google.firestore.v1.IRunQueryResponse[]> {
      refuseExplain(request);
      const query = parseQuery(request.parent, request.structuredQuery ?? {});
      const {documents, readTime, begun} = await reader.open(request, queryLocks(query), caller);
      const found = runQuery(documents, query).map((document) => ({
        document: wireDocument(document, query.select),
        readTime,
      }));
      const end = {readTime, done: true};
      return begun === undefined ? [...found, end] : [{transaction: begun, readTime}, ...found, end];
    },

    async runAggregationQuery(
      request: google.firestore.v1.IRunAggregationQueryRequest,
      caller: Caller,
    ): Promise<google.firestore.v1.IRunAggregationQueryResponse[]> {
      refuseExplain(request);
      const {structuredQuery, aggregations: wires} = request.structuredAggregationQuery ?? {};
      const query = parseQuery(request.parent, structuredQuery ?? {});
      const aggregations = parseAggregations(wires);
      const {documents, readTime, begun} = await reader.open(request, queryLocks(query), caller);
      // An order leaves out the documents without its field, as an aggregation has to.
      const needed = aggregations.flatMap(({path}) =>
        path === undefined ? [] : [{path, direction: 1 as const}],
      );
      const found = runQuery(documents, {...query, orders: [...query.orders, ...needed]});
      const aggregateFields = wireFields(aggregate(found, aggregations));
      return [{result: {aggregateFields}, transaction: begun ?? null, readTime}];
    },
  };
}

function refuseExplain({explainOptions}: {explainOptions?: object | null}): void {
  if (explainOptions != null) throw new ApiError('UNIMPLEMENTED', 'Query explain is not implemented.');
}
