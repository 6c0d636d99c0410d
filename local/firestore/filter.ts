import {ApiError} from '../api-error.ts';
import type {StoredDocument} from './document-store.ts';
import {type FieldPath, parseFieldPath, valueAt} from './field-path.ts';
import {COMPARISONS, type Comparison, TESTS, type Test} from './operators.ts';
import type {google} from './protocol.ts';
import {elementsOf, parseValue, type Value} from './value.ts';

const MAX_OPERANDS: Partial<Record<Comparison, number>> = {IN: 30, ARRAY_CONTAINS_ANY: 30, NOT_IN: 10};

/** A condition on documents, checked. */
export type Filter =
  | {readonly kind: 'and' | 'or'; readonly filters: readonly Filter[]}
  | {readonly kind: 'comparison'; readonly path: FieldPath; readonly op: Comparison; readonly operand: Value}
  | {readonly kind: 'test'; readonly path: FieldPath; readonly op: Test};

/** A field's value; the path `__name__` gives the document's own reference. */
export function fieldOf(document: StoredDocument, path: FieldPath): Value | undefined {
  return isNamePath(path) ? {referenceValue: document.name} : valueAt(document.fields, path);
}

export function isNamePath(path: FieldPath): boolean {
  return path.length === 1 && path[0] === '__name__';
}

/** A document that lacks the field matches no condition on it, not even a negative one. */
export function matches(document: StoredDocument, filter: Filter): boolean {
  if ('filters' in filter) {
    const holds = (inner: Filter) => matches(document, inner);
    return filter.kind === 'and' ? filter.filters.every(holds) : filter.filters.some(holds);
  }
  const value = fieldOf(document, filter.path);
  if (value === undefined) return false;
  return filter.kind === 'test' ? TESTS[filter.op](value) : COMPARISONS[filter.op](value, filter.operand);
}

export function parseFilter(wire: google.firestore.v1.StructuredQuery.IFilter): Filter {
  if (wire.compositeFilter != null) return parseComposite(wire.compositeFilter);
  if (wire.fieldFilter != null) return parseComparison(wire.fieldFilter);
  if (wire.unaryFilter != null) {
    const {field, op} = wire.unaryFilter;
    return {kind: 'test', path: parseFieldPath(field?.fieldPath), op: known(TESTS, op, 'UnaryFilter')};
  }
  throw new ApiError('INVALID_ARGUMENT', 'A filter is empty.');
}

/** The conditions of a filter without the words between them. */
export function conditionsOf(filter: Filter): readonly Exclude<Filter, {filters: readonly Filter[]}>[] {
  return 'filters' in filter ? filter.filters.flatMap(conditionsOf) : [filter];
}

function parseComposite({op, filters}: google.firestore.v1.StructuredQuery.ICompositeFilter): Filter {
  const kind = known({AND: 'and', OR: 'or'} as const, op, 'CompositeFilter');
  return {kind: kind === 'AND' ? 'and' : 'or', filters: (filters ?? []).map(parseFilter)};
}

function parseComparison(wire: google.firestore.v1.StructuredQuery.IFieldFilter): Filter {
  const path = parseFieldPath(wire.field?.fieldPath);
  const op = known(COMPARISONS, wire.op, 'FieldFilter');
  const operand = parseValue(wire.value ?? {});
  checkList(op, operand);
  const operands = MAX_OPERANDS[op] === undefined ? [operand] : elementsOf(operand);
  if (isNamePath(path) && !operands.every((value) => 'referenceValue' in value)) {
    throw new ApiError('INVALID_ARGUMENT', '__key__ filter value must be a Key');
  }
  return {kind: 'comparison', path, op, operand};
}

/** https://firebase.google.com/docs/firestore/query-data/queries#limits_on_or_queries */
function checkList(op: Comparison, operand: Value): void {
  const most = MAX_OPERANDS[op];
  if (most === undefined) return;
  if (!('arrayValue' in operand)) throw new ApiError('INVALID_ARGUMENT', `'${op}' requires an ArrayValue.`);
  const count = operand.arrayValue.values.length;
  if (count === 0) throw new ApiError('INVALID_ARGUMENT', `'${op}' requires an non-empty ArrayValue.`);
  if (count > most) {
    throw new ApiError('INVALID_ARGUMENT', `'${op}' supports up to ${most} comparison values.`);
  }
}

/** An operator's name, when the table has it. The wire's enum types are numbers, its values names. */
function known<Name extends string>(table: Record<Name, unknown>, op: unknown, what: string): Name {
  const found = (Object.keys(table) as Name[]).find((name) => name === op);
  if (found === undefined) throw new ApiError('INVALID_ARGUMENT', `Unknown ${what} operator.`);
  return found;
}
