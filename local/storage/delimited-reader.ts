import {invalid} from './errors.ts';

const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** Cuts a stream of bytes at markers, holding no more of it than the marker search needs. */
export class DelimitedReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #ahead: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterator<Buffer>) {
    this.#chunks = chunks;
  }

  /** The text up to the next `marker`, which is read over. @throws ApiError 400 when none comes within 4 MiB. */
  async textBefore(marker: string): Promise<string> {
    for (;;) {
      const at = this.#ahead.indexOf(marker);
      if (at >= 0) {
        const text = this.#ahead.toString('utf8', 0, at);
        this.#ahead = this.#ahead.subarray(at + marker.length);
        return text;
      }
      const chunk = await this.#next(marker);
      this.#ahead = Buffer.concat([this.#ahead, chunk]);
      if (this.#ahead.length > MAX_TEXT_BYTES) throw endless(marker);
    }
  }

  /** The bytes up to the next `marker`; what follows it is read and dropped. @throws ApiError 400 when none comes. */
  async *bytesBefore(marker: string): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#ahead.indexOf(marker);
      if (at >= 0) {
        yield this.#ahead.subarray(0, at);
        return this.#drain();
      }
      const safe = this.#lengthBeforeCandidate(marker);
      if (safe > 0) yield this.#ahead.subarray(0, safe);
      const candidate = this.#ahead.subarray(safe);
      const chunk = await this.#next(marker);
      this.#ahead = candidate.length === 0 ? chunk : Buffer.concat([candidate, chunk]);
    }
  }

  /** How many bytes cannot be part of a marker that the next chunk completes: usually all, so chunks pass uncopied. */
  #lengthBeforeCandidate(marker: string): number {
    const tail = Math.max(0, this.#ahead.length - marker.length + 1);
    const candidate = this.#ahead.indexOf(marker.charAt(0), tail);
    return candidate < 0 ? this.#ahead.length : candidate;
  }

  async #next(marker: string): Promise<Buffer> {
    const {done, value} = await this.#chunks.next();
    if (done) throw endless(marker);
    return value;
  }

  async #drain(): Promise<void> {
    while (!(await this.#chunks.next()).done);
  }
}

function endless(marker: string) {
  return invalid(`Malformed multipart body: no ${JSON.stringify(marker)} found.`);
}
