import {ApiError} from '../api-error.ts';
import {conditionsOf, type Filter} from './filter.ts';
import {NEGATIONS} from './operators.ts';

/**
 * Refuses combinations that Firestore does not run.
 * @see https://firebase.google.com/docs/firestore/query-data/queries#query_limitations
 */
export function checkFilter(filter: Filter): void {
  const operators = conditionsOf(filter).map(({op}) => op);
  if (operators.filter((op) => NEGATIONS.has(op)).length > 1) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      "Only a single 'NOT_EQUAL', 'NOT_IN', 'IS_NOT_NAN', or 'IS_NOT_NULL' filter allowed per query.",
    );
  }
  const disjunctive = operators.includes('IN') || operators.includes('ARRAY_CONTAINS_ANY') || hasOr(filter);
  if (operators.includes('NOT_IN') && disjunctive) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      "'NOT_IN' cannot be used in the same query with 'IN', 'ARRAY_CONTAINS_ANY' or 'OR'.",
    );
  }
  if (arrayContainsTogether(filter) > 1) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      "A maximum of 1 'ARRAY_CONTAINS' filter is allowed per disjunction.",
    );
  }
}

function hasOr(filter: Filter): boolean {
  if (!('filters' in filter)) return false;
  return filter.kind === 'or' || filter.filters.some(hasOr);
}

/** The most ARRAY_CONTAINS conditions that have to hold at once. */
function arrayContainsTogether(filter: Filter): number {
  if (!('filters' in filter)) return filter.op === 'ARRAY_CONTAINS' ? 1 : 0;
  const counts = filter.filters.map(arrayContainsTogether);
  return filter.kind === 'or' ? Math.max(0, ...counts) : counts.reduce((sum, count) => sum + count, 0);
}
