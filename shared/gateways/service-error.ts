import {PermanentError, RefusedError, RetryableError} from '../errors.ts';

/** gRPC status numbers by what they mean for a retry. */
const GRPC_PERMANENT = new Set([3, 5, 11, 12]);
const GRPC_REFUSED = new Set([7, 8, 9, 16]);

/** Refused before anything was done, and the cause may pass while we retry: rights and quota. */
const HTTP_REFUSED = new Set([401, 403, 429]);

/**
 * Not the service's word about this request: time ran out (408, 499), or what it meets may be what the same request has made when
 * a server on the way sent it twice (409, 412).
 */
const HTTP_UNKNOWN = new Set([408, 409, 412, 499]);

/** The numeric status of a client error: HTTP for Storage and googleapis, gRPC for Firestore and Pub/Sub. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const {code, status} = error as {code?: unknown; status?: unknown};
  const value = [code, status].map(Number).find((number) => Number.isInteger(number) && number > 0);
  return value;
}

/** Names the call in the message, keeps the cause, and decides whether trying again can help. */
export function serviceError(error: unknown, doing: string): PermanentError | RetryableError {
  if (error instanceof PermanentError || error instanceof RetryableError) return error;
  const status = statusOf(error);
  const message = `${doing}: ${error instanceof Error ? error.message : String(error)}`;
  if (isRefused(error, status)) return new RefusedError(message, error);
  if (isPermanent(status)) {
    return new PermanentError('SERVICE_REFUSED', message, {
      cause: error,
      hint: 'The service will not accept this request; mend what it names, then rerun.',
    });
  }
  return new RetryableError(message, error);
}

function isRefused(error: unknown, status: number | undefined): boolean {
  if (status !== undefined) return GRPC_REFUSED.has(status) || HTTP_REFUSED.has(status);
  return (error as {code?: unknown} | null)?.code === 'ECONNREFUSED';
}

function isPermanent(status: number | undefined): boolean {
  if (status === undefined) return false;
  return GRPC_PERMANENT.has(status) || (status >= 400 && status < 500 && !HTTP_UNKNOWN.has(status));
}

/** Runs a call and translates its failure; a status listed in `absent` gives undefined instead. */
export async function call<T>(
  doing: string,
  work: () => Promise<T>,
  absent: readonly number[] = [],
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const status = statusOf(error);
    if (status !== undefined && absent.includes(status)) return undefined;
    throw serviceError(error, doing);
  }
}

/** As {@link call}, for calls whose answer is never absent. */
export async function must<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw serviceError(error, doing);
  }
}
