import type {CRC32CValidator} from '@google-cloud/storage';
import {crc32c} from '@node-rs/crc32';

/** A running CRC-32C in native code, in the form the storage client takes for its own: {@link https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4}. */
export class Crc32c implements CRC32CValidator {
  #sum = 0;

  update(bytes: Uint8Array): void {
    this.#sum = crc32c(bytes, this.#sum);
  }

  /** Is this the sum so far, as Cloud Storage writes it? */
  validate(base64: string): boolean {
    return this.toString() === base64;
  }

  /** As Cloud Storage writes it: base64 of the four bytes, most significant first. */
  toString(): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#sum);
    return bytes.toString('base64');
  }
}
