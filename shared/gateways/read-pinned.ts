import type {Readable} from 'node:stream';
import {PermanentError, RetryableError} from '../errors.ts';
import type {ObjectInfo} from '../object-ports.ts';
import {Crc32c} from './crc32c.ts';
import {serviceError, statusOf} from './service-error.ts';

/** How long a download may stand still. */
export const IDLE_MS = 60_000;

const NOT_FOUND = 404;

/**
 * Passes on the stored bytes of one generation and vouches for them at the end: whoever has read them to the end has exactly the bytes
 * that the object's CRC-32C is of. Leaving early ends the download.
 * @throws PermanentError INPUT_GONE; RetryableError when the bytes are others, or none came for a minute
 */
export async function* readPinned(download: Readable, object: ObjectInfo): AsyncGenerator<Buffer, void> {
  const where = `gs://${object.bucket}/${object.name}#${object.generation}`;
  const sum = new Crc32c();
  const chunks: AsyncIterator<Buffer> = download[Symbol.asyncIterator]();
  try {
    for (let next = await soon(chunks, download); !next.done; next = await soon(chunks, download)) {
      sum.update(next.value);
      yield next.value;
    }
  } catch (error) {
    throw statusOf(error) === NOT_FOUND ? inputGone(where) : serviceError(error, `reading ${where}`);
  } finally {
    download.destroy();
  }
  if (!sum.validate(object.crc32c)) {
    throw new RetryableError(
      `INTEGRITY: read ${where} and got bytes of CRC-32C ${sum}, not ${object.crc32c}`,
    );
  }
}

/** The next chunk. The clock runs only while one is waited for, so a slow reader is no idle download. */
async function soon(chunks: AsyncIterator<Buffer>, download: Readable): Promise<IteratorResult<Buffer>> {
  const seconds = IDLE_MS / 1000;
  const timer = setTimeout(
    () => download.destroy(new RetryableError(`the download gave no byte for ${seconds} seconds`)),
    IDLE_MS,
  );
  try {
    return await chunks.next();
  } finally {
    clearTimeout(timer);
  }
}

function inputGone(where: string): PermanentError {
  return new PermanentError('INPUT_GONE', 'the object was deleted or replaced before it was read', {
    where,
    hint: 'Drop the file again; a replaced one has started a run of its own.',
  });
}
