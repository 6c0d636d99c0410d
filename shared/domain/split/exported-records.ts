const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/**
 * Undoes what a CSV export of one column did to records without line breaks: those with a comma or a quote come in quotes, their own
 * quotes doubled. What comes out is the records, a line feed behind each, whatever the chunks.
 */
export class ExportedRecords {
  /** Records so far. */
  rows = 0;
  #isAtStart = true;
  #isQuoted = false;
  /** A quote inside quotes: the closing one, or the first of two. */
  #isQuoteSeen = false;

  /** The chunk's records; a view on the chunk's own memory, which it changes. */
  push(chunk: Buffer): Buffer {
    let length = 0;
    for (const byte of chunk) {
      if (!this.#keeps(byte)) continue;
      chunk[length] = byte;
      length += 1;
    }
    return chunk.subarray(0, length);
  }

  #keeps(byte: number): boolean {
    if (byte === QUOTE && this.#takesQuote()) return false;
    if (byte === LINE_FEED) this.#endRecord();
    else this.#isAtStart = false;
    return true;
  }

  /** Whether a quote belongs to the export and not to the record. */
  #takesQuote(): boolean {
    if (this.#isAtStart) {
      this.#isAtStart = false;
      this.#isQuoted = true;
      return true;
    }
    if (!this.#isQuoted) return false;
    this.#isQuoteSeen = !this.#isQuoteSeen;
    return this.#isQuoteSeen;
  }

  #endRecord(): void {
    this.rows += 1;
    this.#isAtStart = true;
    this.#isQuoted = false;
    this.#isQuoteSeen = false;
  }
}
