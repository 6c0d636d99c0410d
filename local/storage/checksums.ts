import {createHash} from 'node:crypto';
import {crc32c} from '@node-rs/crc32';
import {invalid} from './errors.ts';

/** Checksums in base64, as object resources carry them. Composed objects have no MD5. */
export interface Sums {
  readonly crc32c?: string | undefined;
  readonly md5Hash?: string | undefined;
}

/** Counts and sums up bytes as they pass. */
export class Checksums {
  sizeBytes = 0;
  readonly #md5 = createHash('md5');
  #crc32c = 0;

  update(bytes: Uint8Array): void {
    this.sizeBytes += bytes.length;
    this.#md5.update(bytes);
    this.#crc32c = crc32c(bytes, this.#crc32c);
  }

  /** The sums of the bytes so far; more may follow. */
  sums(): {readonly crc32c: string; readonly md5Hash: string} {
    const bigEndian = Buffer.alloc(4);
    bigEndian.writeUInt32BE(this.#crc32c);
    return {crc32c: bigEndian.toString('base64'), md5Hash: this.#md5.copy().digest('base64')};
  }
}

/** Reads an `x-goog-hash` header: `crc32c=BASE64,md5=BASE64`, in any order, either missing. */
export function parseGoogHash(header: string | string[] | undefined): Sums {
  const parts = String(header ?? '').split(',');
  const value = (name: string) =>
    parts
      .map((part) => part.trim())
      .find((part) => part.startsWith(name))
      ?.slice(name.length);
  return {crc32c: value('crc32c='), md5Hash: value('md5=')};
}

/** @throws ApiError 400 `invalid` when the client promised other bytes than arrived. */
export function demandSums(promised: Sums, actual: Sums): void {
  if (promised.crc32c !== undefined && promised.crc32c !== actual.crc32c) {
    throw invalid(`Provided CRC32C "${promised.crc32c}" doesn't match calculated CRC32C "${actual.crc32c}".`);
  }
  if (promised.md5Hash !== undefined && promised.md5Hash !== actual.md5Hash) {
    throw invalid(
      `Provided MD5 hash "${promised.md5Hash}" doesn't match calculated MD5 hash "${actual.md5Hash}".`,
    );
  }
}
