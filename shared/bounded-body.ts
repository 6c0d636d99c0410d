import type {IncomingMessage} from 'node:http';
import {buffer} from 'node:stream/consumers';
import {PermanentError} from './errors.ts';

/**
 * The body of a request. Never holds more than allowed, and inflates nothing: whoever may send a request would otherwise decide how much
 * memory it takes.
 * @throws PermanentError MEDIA_TYPE, BODY_TOO_LARGE
 */
export function readBounded(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = incoming.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    return Promise.reject(
      new PermanentError('MEDIA_TYPE', `a body is not taken in Content-Encoding ${encoding}`),
    );
  }
  return buffer(bounded(incoming, maxBytes));
}

/** Leaves the rest of a body that is too large where it is. */
async function* bounded(incoming: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of incoming.iterator({destroyOnReturn: false})) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new PermanentError('BODY_TOO_LARGE', `the body has more than ${maxBytes} bytes`);
    }
    yield chunk;
  }
}
