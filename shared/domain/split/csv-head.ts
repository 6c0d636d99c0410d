import {CsvGrammar, type CsvRecord} from './csv-records.ts';
import {assertLength, linesIn} from './record-cutter.ts';

/** The beginning of a CSV file as far as it is whole. */
export interface CsvHead {
  /** The first record that is no blank line; undefined when more bytes are needed. */
  readonly header: CsvRecord | undefined;
  /** The index after the header, or after the blank lines that were found instead. */
  readonly end: number;
  /** The line that begins there. */
  readonly line: number;
}

/**
 * @param isLast whether the file ends there
 * @throws PermanentError RECORD_TOO_LARGE or CSV_QUOTE
 */
export function readHead(bytes: Buffer, delimiter: string, {line: first, isLast}: Reading): CsvHead {
  const grammar = new CsvGrammar(delimiter);
  let line = first;
  let start = 0;
  while (start < bytes.length) {
    const end = grammar.findEnd(bytes, start, start) ?? (isLast ? bytes.length : undefined);
    if (end === undefined) break;
    const record = bytes.subarray(start, end);
    assertLength(record, line);
    const header = grammar.recordOf(record, line);
    line += linesIn(record);
    start = end;
    if (header !== undefined) return {header, end, line};
  }
  return {header: undefined, end: start, line};
}

interface Reading {
  /** Where the bytes begin, from 1. */
  readonly line: number;
  readonly isLast: boolean;
}
