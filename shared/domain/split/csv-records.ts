import {PermanentError} from '../../errors.ts';
import type {RecordGrammar} from './record-cutter.ts';

const QUOTE = 0x22;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

export interface CsvRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  /** As in the file, with its line terminator unless the file ends before one. */
  readonly bytes: Buffer;
  /** Where each field ends: at its delimiter, the last one at the line terminator. */
  readonly fieldEnds: readonly number[];
  /** Text follows the closing quote of a field (`"a"b`), so nobody can say what the field is. */
  readonly isBroken: boolean;
}

/** What the bytes read so far of a record leave open. `quote-seen` is a quote inside quotes: the closing one, or the first of an escaped two. */
type State = 'field-start' | 'plain' | 'quoted' | 'quote-seen' | 'broken' | 'return-seen' | 'ended';

/**
 * CSV by RFC 4180, and what it leaves open: LF, CRLF and CR each end a record; blank lines are none;
 * a quote inside an unquoted field is a character like any other.
 */
export class CsvGrammar implements RecordGrammar<CsvRecord> {
  readonly #delimiter: number;
  #state: State = 'field-start';
  #fieldEnds: number[] = [];
  #isBroken = false;

  /** @param delimiter one ASCII character */
  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  findEnd(bytes: Buffer, start: number, from: number): number | undefined {
    let at = from;
    for (let byte = bytes[at]; byte !== undefined; byte = bytes[++at]) {
      if (this.#state === 'return-seen') return byte === LINE_FEED ? at + 1 : at;
      const next = this.#stateAfter(byte);
      if (next === 'field-start' || next === 'return-seen' || next === 'ended') this.#endField(at - start);
      this.#state = next;
      if (next === 'ended') return at + 1;
    }
    return undefined;
  }

  /** @throws PermanentError CSV_QUOTE when the input ends inside quotes */
  recordOf(bytes: Buffer, line: number): CsvRecord | undefined {
    if (this.#state === 'quoted') throw unclosedQuote(bytes.subarray(0, this.#fieldStart()), line);
    if (this.#state !== 'return-seen' && this.#state !== 'ended') this.#endField(bytes.length);
    const record = {line, bytes, fieldEnds: this.#fieldEnds, isBroken: this.#isBroken};
    this.#state = 'field-start';
    this.#fieldEnds = [];
    this.#isBroken = false;
    return isBlank(record) ? undefined : record;
  }

  #stateAfter(byte: number): State {
    const state = this.#state;
    if (state === 'quoted') return byte === QUOTE ? 'quote-seen' : 'quoted';
    if (byte === this.#delimiter) return 'field-start';
    if (byte === LINE_FEED) return 'ended';
    if (byte === CARRIAGE_RETURN) return 'return-seen';
    if (byte === QUOTE && (state === 'field-start' || state === 'quote-seen')) return 'quoted';
    return state === 'quote-seen' || state === 'broken' ? 'broken' : 'plain';
  }

  #endField(end: number): void {
    this.#fieldEnds.push(end);
    if (this.#state === 'broken') this.#isBroken = true;
  }

  #fieldStart(): number {
    return (this.#fieldEnds.at(-1) ?? -1) + 1;
  }
}

/** The record without its line terminator. */
export function contentOf({bytes, fieldEnds}: CsvRecord): Buffer {
  return bytes.subarray(0, fieldEnds.at(-1));
}

/** A field without its quotes; undefined when the record has fewer fields. */
export function fieldOf({bytes, fieldEnds}: CsvRecord, index: number): Buffer | undefined {
  const end = fieldEnds[index];
  if (end === undefined) return undefined;
  const field = bytes.subarray((fieldEnds[index - 1] ?? -1) + 1, end);
  if (field[0] !== QUOTE) return field;
  const inner = field.subarray(1, -1);
  return inner.includes(QUOTE) ? Buffer.from(inner.toString('utf8').replaceAll('""', '"')) : inner;
}

function isBlank({fieldEnds}: CsvRecord): boolean {
  return fieldEnds.length === 1 && fieldEnds[0] === 0;
}

function unclosedQuote(before: Buffer, line: number): PermanentError {
  const linesBefore = before.reduce((lines, byte) => (byte === LINE_FEED ? lines + 1 : lines), 0);
  return new PermanentError('CSV_QUOTE', 'The file ends inside a quoted field.', {
    where: `line ${line + linesBefore}`,
    hint: 'Close the quote that opens there; inside a quoted field write a quote as "".',
  });
}
