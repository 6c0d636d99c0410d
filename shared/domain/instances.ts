import {z} from 'zod';
import {PermanentError} from '../errors.ts';
import {numberIn} from './profile/column-tally.ts';
import type {Cell} from './question.ts';
import {CsvGrammar, fieldOf} from './split/csv-records.ts';
import {RecordCutter} from './split/record-cutter.ts';
import type {DataDefinition} from './split/split-definition.ts';

/** Rows as a model is asked about them: values in column order without the label, and the label when the data has it. */
export interface LabelledRows {
  readonly columns: readonly string[];
  readonly instances: readonly (readonly Cell[])[];
  readonly labels: readonly (string | undefined)[];
}

/**
 * Reads the first rows of a file in the pipeline's format.
 * @param bytes the file, or its beginning: a record that is cut off is left out unless `isWhole`
 * @throws PermanentError when it cannot be read as that format
 */
export function parseRows(bytes: Uint8Array, data: DataDefinition, isWhole: boolean): LabelledRows {
  const [header, ...records] =
    data.format === 'csv' ? csvRecords(bytes, data, isWhole) : jsonRecords(bytes, isWhole);
  if (header === undefined) throw new PermanentError('DATA_EMPTY', 'the file has no rows');
  const columns = header.map(String);
  const labelAt = columns.indexOf(data.label);
  return {
    columns: columns.filter((_, index) => index !== labelAt),
    instances: records.map((record) => record.filter((_, index) => index !== labelAt)),
    labels: records.map((record) => labelText(record[labelAt])),
  };
}

function csvRecords(bytes: Uint8Array, {delimiter}: DataDefinition, isWhole: boolean): Cell[][] {
  const cutter = new RecordCutter(new CsvGrammar(delimiter));
  const records = [...cutter.push(bytes), ...(isWhole ? cutter.finish() : [])];
  const [header, ...rows] = records.map((record) =>
    record.fieldEnds.map((_, index) => fieldOf(record, index)?.toString('utf8') ?? ''),
  );
  return header === undefined ? [] : [header, ...rows.map((row) => row.map(cellOf))];
}

function jsonRecords(bytes: Uint8Array, isWhole: boolean): Cell[][] {
  const lines = new TextDecoder().decode(bytes).split('\n');
  const complete = (isWhole ? lines : lines.slice(0, -1)).filter((line) => line.trim() !== '');
  const objects = complete.map(parseObject);
  const columns = Object.keys(objects[0] ?? {});
  return columns.length === 0
    ? []
    : [columns, ...objects.map((object) => columns.map((name) => plainCell(object[name])))];
}

const objectSchema = z.record(z.string(), z.unknown());

function parseObject(line: string): Record<string, unknown> {
  try {
    return objectSchema.parse(JSON.parse(line));
  } catch (error) {
    throw new PermanentError('JSONL_SYNTAX', 'a line is not a JSON object', {cause: error});
  }
}

function plainCell(value: unknown): Cell {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}

/** Text of a CSV field as JSON says it: numbers as numbers, nothing as null. */
function cellOf(text: string): Cell {
  return text === '' ? null : (numberIn(text) ?? text);
}

function labelText(cell: Cell | undefined): string | undefined {
  return cell === undefined || cell === null ? undefined : String(cell);
}
