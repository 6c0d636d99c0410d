import type {RecordGrammar} from './record-cutter.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface JsonLine {
  /** Where it begins, from 1. */
  readonly line: number;
  /** As in the file, with its line terminator unless the file ends before one. */
  readonly bytes: Buffer;
  /** The line without its terminator. */
  readonly content: Buffer;
}

/** JSON Lines (https://jsonlines.org): LF or CRLF ends a record; blank lines are none. What a line holds is not looked at. */
export const jsonLines: RecordGrammar<JsonLine> = {
  findEnd(bytes, _start, from) {
    const lineFeed = bytes.indexOf(LINE_FEED, from);
    return lineFeed < 0 ? undefined : lineFeed + 1;
  },
  recordOf(bytes, line) {
    const content = withoutTerminator(bytes);
    return content.length === 0 ? undefined : {line, bytes, content};
  },
};

function withoutTerminator(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== LINE_FEED) return bytes;
  return bytes.subarray(0, bytes.at(-2) === CARRIAGE_RETURN ? -2 : -1);
}
