/** What a reader makes of one record. Bytes are those of the file, line terminator included. */
export type Row =
  | {readonly kind: 'header'; readonly bytes: Uint8Array}
  | {
      readonly kind: 'sound';
      readonly bytes: Uint8Array;
      /** The canonical bytes that decide the part; see `split-key.ts`. */
      readonly key: Uint8Array;
      readonly label: string;
    }
  | {
      readonly kind: 'malformed';
      readonly bytes: Uint8Array;
      /** Where the record begins, from 1. */
      readonly line: number;
      /** Free of the user's data. */
      readonly reason: string;
    };

/** Reads a file of one format, chunk by chunk. Both methods throw PermanentError when the file as a whole cannot be used. */
export interface RowReader {
  /** Names of the columns in the file's order; empty until the first record has been read. */
  readonly columns: readonly string[];
  /** The rows that this chunk completes. */
  push(chunk: Uint8Array): readonly Row[];
  /** The rows still held back at the end of the file. */
  finish(): readonly Row[];
}
