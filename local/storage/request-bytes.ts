import type {FastifyRequest} from 'fastify';
import {ApiError} from '../api-error.ts';

/**
 * The bytes of a request as they arrive. Whoever stops early calls `return()`: the rest is then read and dropped, so that a
 * client that listens only after it has sent everything hears the answer.
 * @throws ApiError CANCELLED when the client breaks off.
 */
export async function* requestBytes({raw}: FastifyRequest): AsyncGenerator<Buffer, void> {
  try {
    yield* raw.iterator({destroyOnReturn: false});
  } catch {
    throw new ApiError('CANCELLED', 'The client broke off the request.');
  } finally {
    raw.resume();
  }
}
