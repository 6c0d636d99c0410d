import {once} from 'node:events';
import {createWriteStream, type WriteStream} from 'node:fs';

/** No piece is longer. */
const COPY_BYTES = 2 * 1024 * 1024;

const BUFFER_BYTES = 1024 * 1024;

/** A stream into a file; the copies of pieces are used again once they are written. */
export class OutputStream {
  readonly #stream: WriteStream;
  readonly #free: Buffer[] = [];

  constructor(path: string) {
    this.#stream = createWriteStream(path, {highWaterMark: BUFFER_BYTES});
  }

  async write(bytes: Buffer): Promise<void> {
    const copy = this.#free.pop() ?? Buffer.allocUnsafeSlow(COPY_BYTES);
    bytes.copy(copy);
    const isReady = this.#stream.write(copy.subarray(0, bytes.length), () => this.#free.push(copy));
    if (!isReady) await once(this.#stream, 'drain');
  }

  async close(): Promise<void> {
    this.#stream.end();
    await once(this.#stream, 'close');
  }
}
