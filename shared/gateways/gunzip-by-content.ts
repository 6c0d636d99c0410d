import {pipeline, Readable} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {PermanentError} from '../errors.ts';

const MIB = 1024 ** 2;

/** Bytes that one object may become. */
export const MAX_INFLATED_BYTES = 20 * 1024 * MIB;

/** How many bytes one stored byte may become on average. Deflate reaches 1,032; text seldom 20. */
const MAX_RATIO = 100;

/** Below this many bytes any ratio is harmless. */
export const RATIO_FREE_BYTES = 10 * MIB;

/** zlib hands over one piece for each turn through its thread; its own 16 KiB make too many turns. */
const PIECE_BYTES = 256 * 1024;

/**
 * The bytes as they come or, when they begin with the gzip magic, what they inflate to, all concatenated members (RFC 1952 §2.2) of it.
 * Neither the object's name nor its metadata is asked. One layer only: gzip inside gzip comes out as gzip.
 * @param where the object, for the complaint
 * @throws PermanentError GZIP_TRUNCATED, GZIP_CORRUPT or INFLATE_RATIO, once they are found
 */
export async function gunzipByContent(stored: AsyncGenerator<Buffer>, where: string): Promise<Readable> {
  const opening = await readOpening(stored);
  const whole = Readable.from(rejoin(opening, stored), {objectMode: false});
  // A generator that was never begun runs no finally: a reader who leaves before the first byte ends the download here.
  whole.once('close', () => stored.return(undefined));
  if (opening[0] !== 0x1f || opening[1] !== 0x8b) return whole;
  const inflated = Readable.from(inflate(whole, where), {objectMode: false});
  return inflated.once('close', () => whole.destroy());
}

/** The first two bytes at least, unless there are fewer. */
async function readOpening(stored: AsyncGenerator<Buffer>): Promise<Buffer> {
  let opening: Buffer = Buffer.alloc(0);
  while (opening.length < 2) {
    const {value, done} = await stored.next();
    if (done) break;
    opening = Buffer.concat([opening, value]);
  }
  return opening;
}

async function* rejoin(opening: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield opening;
  yield* rest;
}

async function* inflate(stored: Readable, where: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({chunkSize: PIECE_BYTES});
  // Its errors arrive below, through gunzip.
  pipeline(stored, gunzip, () => {});
  let inflatedBytes = 0;
  try {
    for await (const piece of gunzip) {
      inflatedBytes += piece.length;
      if (isBomb(inflatedBytes, gunzip.bytesWritten)) throw inflateRatio(inflatedBytes, where);
      yield piece;
    }
  } catch (error) {
    throw asGzipError(error, where);
  }
}

/** @param storedBytes those that became the inflated ones */
export function isBomb(inflatedBytes: number, storedBytes: number): boolean {
  if (inflatedBytes > MAX_INFLATED_BYTES) return true;
  return inflatedBytes > RATIO_FREE_BYTES && inflatedBytes > storedBytes * MAX_RATIO;
}

function inflateRatio(inflatedBytes: number, where: string): PermanentError {
  const limit =
    inflatedBytes > MAX_INFLATED_BYTES
      ? `to more than ${MAX_INFLATED_BYTES / MIB / 1024} GiB`
      : `to more than ${MAX_RATIO} times its size`;
  return new PermanentError('INFLATE_RATIO', `The gzip data inflate ${limit}.`, {
    where,
    hint: 'Upload the data uncompressed, or in several files.',
  });
}

function asGzipError(error: unknown, where: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const hint = 'Compress the data again, test it with gzip -t, and drop it again.';
  if (code === 'Z_BUF_ERROR') {
    return new PermanentError('GZIP_TRUNCATED', 'The gzip data end too early.', {where, hint, cause: error});
  }
  if (code === 'Z_DATA_ERROR') {
    return new PermanentError('GZIP_CORRUPT', 'The gzip data are damaged, or other bytes follow them.', {
      where,
      hint,
      cause: error,
    });
  }
  return error;
}
