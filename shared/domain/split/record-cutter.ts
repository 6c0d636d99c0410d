import {PermanentError} from '../../errors.ts';
import {assertNoNul, assertUtf8, byteOrderMarkLength, OPENING_BYTES} from './file-text.ts';

/** The longest record, its line terminator included. */
export const MAX_RECORD_BYTES = 1024 * 1024;

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/** Knows where a record of one format ends. */
export interface RecordGrammar<R> {
  /**
   * The index after the record that begins at `start` and its line terminator; undefined while it may go on after `bytes`.
   * Bytes before `from` were shown by earlier calls, at the same distance from `start`.
   */
  findEnd(bytes: Buffer, start: number, from: number): number | undefined;
  /**
   * The record that was just found, or that the end of the input cut off; undefined for a blank line.
   * @param line where it begins, from 1
   */
  recordOf(bytes: Buffer, line: number): R | undefined;
}

/** Cuts a file that arrives in chunks into records. The records are the same whatever the chunks; memory holds one chunk and one record. */
export class RecordCutter<R> {
  readonly #grammar: RecordGrammar<R>;
  /** Received, but not yet cut. */
  #bytes: Buffer = Buffer.alloc(0);
  /** How much of `#bytes` the grammar has seen. */
  #seen = 0;
  /** Where `#bytes` begins in the file. */
  #offset = 0;
  #line = 1;
  #isOpen = false;

  constructor(grammar: RecordGrammar<R>) {
    this.#grammar = grammar;
  }

  /**
   * The records that this chunk completes; their bytes may be views on memory that the next call gives up.
   * @throws PermanentError DATA_BINARY, ENCODING_NOT_UTF8, CONTROL_CHAR or RECORD_TOO_LARGE, or what the grammar refuses
   */
  push(chunk: Uint8Array): R[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    return this.#isOpen || this.#bytes.length >= OPENING_BYTES ? this.#cut() : [];
  }

  /** The records still held back, the last of them perhaps without a line terminator. */
  finish(): R[] {
    const records = this.#cut();
    if (this.#bytes.length === 0) return records;
    assertUtf8(this.#bytes, this.#offset);
    const last = this.#take(this.#bytes);
    return last === undefined ? records : [...records, last];
  }

  #cut(): R[] {
    if (!this.#isOpen) this.#open();
    const bytes = this.#bytes;
    assertNoNul(bytes.subarray(this.#seen), this.#offset + this.#seen);
    const records: R[] = [];
    let start = 0;
    let end = this.#grammar.findEnd(bytes, start, this.#seen);
    while (end !== undefined) {
      const record = this.#take(bytes.subarray(start, end));
      if (record !== undefined) records.push(record);
      start = end;
      end = this.#grammar.findEnd(bytes, start, start);
    }
    assertUtf8(bytes.subarray(0, start), this.#offset);
    this.#drop(start);
    this.#seen = this.#bytes.length;
    assertLength(this.#bytes, this.#line);
    return records;
  }

  #open(): void {
    this.#isOpen = true;
    this.#drop(byteOrderMarkLength(this.#bytes));
  }

  #drop(length: number): void {
    this.#bytes = this.#bytes.subarray(length);
    this.#offset += length;
  }

  #take(bytes: Buffer): R | undefined {
    assertLength(bytes, this.#line);
    const record = this.#grammar.recordOf(bytes, this.#line);
    this.#line += linesIn(bytes);
    return record;
  }
}

/**
 * @param line where the record begins, from 1
 * @throws PermanentError RECORD_TOO_LARGE
 */
export function assertLength(record: Buffer, line: number): void {
  if (record.length > MAX_RECORD_BYTES) throw recordTooLarge(line);
}

/** @param line where the record begins, from 1 */
export function recordTooLarge(line: number): PermanentError {
  return new PermanentError('RECORD_TOO_LARGE', 'A record is longer than 1 MiB.', {
    where: `line ${line}`,
    hint: 'Look there for a quote that is never closed, or for a file without line breaks.',
  });
}

/** Lines that a record ends: its line feeds, or one when a carriage return alone is its terminator. */
export function linesIn(bytes: Buffer): number {
  let lines = bytes.at(-1) === CARRIAGE_RETURN ? 1 : 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) lines += 1;
  return lines;
}
