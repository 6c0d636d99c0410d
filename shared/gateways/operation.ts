import {PermanentError, RetryableError} from '../errors.ts';
import {must} from './service-error.ts';

/** A long-running operation of either service. */
interface Operation {
  readonly name?: string | null;
  readonly done?: boolean | null;
  readonly error?: {readonly message?: string | null};
  readonly response?: Record<string, unknown> | null;
}

/** Deployments take minutes; a function may live nine. Whoever is called again looks at the result instead of waiting. */
const POLL_FOR_MS = 8 * 60_000;
const FIRST_POLL_MS = 100;
const MAX_POLL_MS = 10_000;

/**
 * Waits for a long-running operation.
 * @throws PermanentError OPERATION_FAILED with the service's message; RetryableError when it outlasts this call
 */
export async function operationDone(
  doing: string,
  started: Operation,
  read: (query: {name: string}) => Promise<{data: Operation}>,
): Promise<Record<string, unknown>> {
  const name = started.name ?? '';
  const deadline = performance.now() + POLL_FOR_MS;
  let operation = started;
  for (let pauseMs = FIRST_POLL_MS; !operation.done; pauseMs = Math.min(pauseMs * 1.5, MAX_POLL_MS)) {
    if (performance.now() > deadline)
      throw new RetryableError(`${doing}: operation ${name} is still under way`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    operation = (await must(`reading operation ${name}`, () => read({name}))).data;
  }
  if (operation.error) {
    throw new PermanentError(
      'OPERATION_FAILED',
      `${doing}: ${operation.error.message ?? 'failed without a message'}`,
      {where: name},
    );
  }
  return operation.response ?? {};
}
