/** The longest record, its line terminator included. */
export const MAX_RECORD_BYTES: usize = 1024 * 1024;

/** Where the record at hand begins, in memory and in the file; lines count from 1. */
export let record: usize = 0;
export let line: f64 = 1;

/** The line of the first record that is too long; 0 while there is none. */
let oversizedLine: f64 = 0;

export function beginRecords(at: usize): void {
  record = at;
}

/** @param lines that the record takes up */
export function nextRecord(at: usize, lines: f64): void {
  if (at - record > MAX_RECORD_BYTES && oversizedLine === 0) oversizedLine = line;
  record = at;
  line += lines;
}

export function setLine(value: f64): void {
  line = value;
}

export function getLine(): f64 {
  return line;
}

export function getOversizedLine(): f64 {
  return oversizedLine;
}
