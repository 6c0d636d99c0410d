import {ApiError} from '../api-error.ts';
import type {StoredDocument} from './document-store.ts';
import {type FieldPath, parseFieldPath} from './field-path.ts';
import {fieldOf} from './filter.ts';
import type {google} from './protocol.ts';
import {doubleValue, type Fields, NULL, type Value} from './value.ts';
import {numberOf} from './value-order.ts';

const MAX_AGGREGATIONS = 5;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** One number to work out over the documents a query finds. */
export interface Aggregation {
  readonly alias: string;
  /** The field it needs: a document without it is not counted, by any aggregation of the request. */
  readonly path: FieldPath | undefined;
  apply(documents: readonly StoredDocument[]): Value;
}

type Wire = google.firestore.v1.StructuredAggregationQuery.IAggregation;

export function parseAggregations(wires: readonly Wire[] | null | undefined): readonly Aggregation[] {
  const aggregations = (wires ?? []).map((wire, i) => parseAggregation(wire, wire.alias || `field_${i + 1}`));
  const repeated = aggregations.find(
    ({alias}, i) => aggregations.findIndex((other) => other.alias === alias) < i,
  );
  if (aggregations.length === 0) throw new ApiError('INVALID_ARGUMENT', 'Aggregations can not be empty.');
  if (aggregations.length > MAX_AGGREGATIONS) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      `A maximum of ${MAX_AGGREGATIONS} aggregations is allowed per query.`,
    );
  }
  if (repeated !== undefined) {
    throw new ApiError('INVALID_ARGUMENT', `Aggregation aliases contain duplicate alias: ${repeated.alias}.`);
  }
  return aggregations;
}

export function aggregate(
  documents: readonly StoredDocument[],
  aggregations: readonly Aggregation[],
): Fields {
  return Object.fromEntries(aggregations.map(({alias, apply}) => [alias, apply(documents)]));
}

function parseAggregation(wire: Wire, alias: string): Aggregation {
  if (wire.count != null) {
    const upTo = Number(wire.count.upTo?.value ?? Number.POSITIVE_INFINITY);
    const apply = (documents: readonly StoredDocument[]) => ({
      integerValue: String(Math.min(documents.length, upTo)),
    });
    return {alias, path: undefined, apply};
  }
  const path = parseFieldPath((wire.sum ?? wire.avg)?.field?.fieldPath);
  const combine = wire.sum == null ? average : sum;
  return {alias, path, apply: (documents) => combine(numbersAt(documents, path))};
}

function numbersAt(documents: readonly StoredDocument[], path: FieldPath): readonly (bigint | number)[] {
  return documents
    .map((document) => fieldOf(document, path))
    .map((value) => (value === undefined ? undefined : numberOf(value)))
    .filter((number) => number !== undefined);
}

/** Integers add up to an integer while it fits in 64 bits. */
function sum(numbers: readonly (bigint | number)[]): Value {
  const integers = numbers.filter((number) => typeof number === 'bigint');
  const total = integers.reduce((partial, integer) => partial + integer, 0n);
  const fits = total <= MAX_INT64 && total >= MIN_INT64;
  if (integers.length === numbers.length && fits) return {integerValue: String(total)};
  return doubleValue(totalOf(numbers));
}

function average(numbers: readonly (bigint | number)[]): Value {
  return numbers.length === 0 ? NULL : doubleValue(totalOf(numbers) / numbers.length);
}

function totalOf(numbers: readonly (bigint | number)[]): number {
  return numbers.reduce<number>((total, number) => total + Number(number), 0);
}
