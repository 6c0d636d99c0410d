import {CsvGrammar, type CsvRecord, fieldOf} from '../split/csv-records.ts';
import {parseObject, pathsOf, valueAt} from '../split/json-line.ts';
import {type JsonLine, jsonLines} from '../split/jsonl-records.ts';
import {RecordCutter} from '../split/record-cutter.ts';
import type {DataDefinition} from '../split/split-definition.ts';

/** The values of one sound record as text, in the order of the columns; undefined where there is none. */
export interface CellRow {
  readonly bytes: number;
  readonly cells: readonly (string | undefined)[];
}

/** Reads the records of a file as texts, chunk by chunk. Malformed ones are left out. */
export interface CellReader {
  /** Empty until the first record has been read. */
  readonly columns: readonly string[];
  push(chunk: Uint8Array): readonly CellRow[];
  finish(): readonly CellRow[];
}

/** @param columns of JSON Lines, when they are not those of the first line */
export function cellReaderOf({format, delimiter}: DataDefinition, columns?: readonly string[]): CellReader {
  return format === 'csv' ? new CsvCells(delimiter) : new JsonlCells(columns);
}

class CsvCells implements CellReader {
  readonly #cutter: RecordCutter<CsvRecord>;
  columns: readonly string[] = [];

  constructor(delimiter: string) {
    this.#cutter = new RecordCutter(new CsvGrammar(delimiter));
  }

  push(chunk: Uint8Array): readonly CellRow[] {
    return this.#cutter.push(chunk).flatMap((record) => this.#rowOf(record));
  }

  finish(): readonly CellRow[] {
    return this.#cutter.finish().flatMap((record) => this.#rowOf(record));
  }

  #rowOf(record: CsvRecord): readonly CellRow[] {
    const {length} = record.fieldEnds;
    if (this.columns.length > 0 && (record.isBroken || length !== this.columns.length)) return [];
    const cells = cellsOf(record);
    if (this.columns.length > 0) return [{bytes: record.bytes.length, cells}];
    this.columns = cells;
    return [];
  }
}

/** A record that is plain ASCII is decoded once, which is what most are; its fields are then pieces of that text. */
function cellsOf(record: CsvRecord): readonly string[] {
  const {bytes, fieldEnds} = record;
  const text = bytes.toString('utf8');
  if (text.length < bytes.length || text.includes('"')) {
    return fieldEnds.map((_, index) => fieldOf(record, index)?.toString('utf8') ?? '');
  }
  return fieldEnds.map((end, index) => text.slice((fieldEnds[index - 1] ?? -1) + 1, end));
}

class JsonlCells implements CellReader {
  readonly #cutter = new RecordCutter(jsonLines);
  columns: readonly string[];

  constructor(columns: readonly string[] = []) {
    this.columns = columns;
  }

  push(chunk: Uint8Array): readonly CellRow[] {
    return this.#cutter.push(chunk).flatMap((line) => this.#rowOf(line));
  }

  finish(): readonly CellRow[] {
    return this.#cutter.finish().flatMap((line) => this.#rowOf(line));
  }

  #rowOf({bytes, content}: JsonLine): readonly CellRow[] {
    const object = parseObject(content);
    if (object === undefined) return [];
    if (this.columns.length === 0) this.columns = pathsOf(object);
    return [{bytes: bytes.length, cells: this.columns.map((path) => textOf(valueAt(object, path)))}];
  }
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
