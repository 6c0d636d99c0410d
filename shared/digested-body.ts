import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {PassThrough} from 'node:stream';

const BUFFER_BYTES = 1024 * 1024;

/** The body of an object that is written piece by piece, and its digest. */
export class DigestedBody {
  /** For the writer of the object. */
  readonly bytes = new PassThrough({highWaterMark: BUFFER_BYTES});
  readonly #sha256 = createHash('sha256');

  constructor() {
    // The writer may not listen yet when the split fails; without a listener the error would end the process.
    this.bytes.on('error', () => {});
  }

  /** Takes a copy of a piece, and waits until the writer keeps up. */
  async write(piece: Buffer): Promise<void> {
    if (this.bytes.errored) throw this.bytes.errored;
    this.#sha256.update(piece);
    if (!this.bytes.write(Buffer.from(piece))) await once(this.bytes, 'drain');
  }

  /** Hexadecimal, of all pieces; ends the counting. */
  sha256(): string {
    return this.#sha256.digest('hex');
  }
}
