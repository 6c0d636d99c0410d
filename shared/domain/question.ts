import {PermanentError} from '../errors.ts';
import type {ModelInput, ModelInputs} from './model-inputs.ts';
import {numberIn} from './profile/column-tally.ts';
import {excerpt} from './split/excerpt.ts';
import {listed} from './split/listed.ts';

/** A value as a prediction request carries it; null is a missing one. */
export type Cell = string | number | boolean | null;

/** A row that a model can be asked about. */
export interface Question {
  /** In the order of the training data, without the label. */
  readonly values: readonly Cell[];
  /** What the row itself says the answer is; undefined when it does not. */
  readonly label: string | undefined;
}

const NAMES_LISTED = 10;

/**
 * A value from JSON that a column can take.
 * @param line where it stands, from 1
 * @throws PermanentError INSTANCE_VALUE
 */
export function cellFrom(value: unknown, input: ModelInput, line: number): Cell {
  if (value === null || (value === undefined && input.mayLack)) return null;
  if (value === undefined)
    throw notTaken(input, line, 'nothing', 'a value, since all training rows have one');
  if (typeof value === 'object') throw notTaken(input, line, 'a list or an object', 'one number or text');
  if (typeof value === 'number' && !Number.isFinite(value))
    throw notTaken(input, line, 'a number that is too large', 'a finite number');
  if (input.holds === 'numbers' && typeof value !== 'number') throw notANumber(value, input, line);
  return typeof value === 'string' || typeof value === 'number' ? value : Boolean(value);
}

/**
 * The value of a CSV field. Text stays text where the model knows text, so that `007` is not 7.
 * @throws PermanentError INSTANCE_VALUE
 */
export function cellFromText(text: string, input: ModelInput, line: number): Cell {
  if (text === '') return null;
  if (input.holds === 'text') return text;
  const number = numberIn(text);
  if (number === undefined && input.holds === 'numbers') throw notANumber(text, input, line);
  return number ?? text;
}

/** @throws PermanentError COLUMN_MISSING or COLUMN_UNKNOWN unless the model knows exactly these columns */
export function assertColumns(found: readonly string[], {columns, label}: ModelInputs, line: number): void {
  const where = `line ${line}`;
  const known = columns.map(({name}) => name);
  const missing = known.filter((name) => !found.includes(name));
  if (missing.length > 0) {
    throw new PermanentError('COLUMN_MISSING', `The model also needs ${namesOf(missing)}.`, {
      where,
      hint: `Add the columns of the training data: ${namesOf(known)}.`,
    });
  }
  assertKnown(found, {columns, label}, line);
}

/** @throws PermanentError COLUMN_UNKNOWN */
export function assertKnown(found: readonly string[], {columns, label}: ModelInputs, line: number): void {
  const known = new Set([label, ...columns.map(({name}) => name)]);
  const unknown = found.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new PermanentError('COLUMN_UNKNOWN', `The model was not trained on ${namesOf(unknown)}.`, {
    where: `line ${line}`,
    hint: 'Leave it out, one instance to a line; what the model knows the split report of its run lists.',
  });
}

/**
 * @param count of the values that a row has
 * @param wanted of those that it should have
 * @throws PermanentError INSTANCE_SHAPE
 */
export function assertCount(count: number, wanted: number, {label}: ModelInputs, line: number): void {
  if (count === wanted) return;
  const isLabelled = count === wanted + 1 ? ` Is the label ${excerpt(label)} still in it?` : '';
  throw new PermanentError('INSTANCE_SHAPE', `The row has ${count} values, not ${wanted}.${isLabelled}`, {
    where: `line ${line}`,
    hint: 'Give each row one value per column, in the order of the columns, and no label where columns have no names.',
  });
}

function notANumber(value: unknown, input: ModelInput, line: number): PermanentError {
  return notTaken(input, line, excerpt(String(value)), 'a number, as in all training rows');
}

function notTaken({name}: ModelInput, line: number, found: string, wanted: string): PermanentError {
  const message = `Column ${excerpt(name)} holds ${found}; the model takes ${wanted}.`;
  return new PermanentError('INSTANCE_VALUE', message, {
    where: `line ${line}`,
    hint: 'Correct the value; for a missing one leave the CSV field empty, or write null.',
  });
}

function namesOf(names: readonly string[]): string {
  return listed(names.map(excerpt), NAMES_LISTED);
}
