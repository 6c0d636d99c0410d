import {setTimeout as sleep} from 'node:timers/promises';
import {ApiError} from '../api-error.ts';
import type {RunningContainer} from '../containers/containers.ts';
import {millisecondsOf} from '../request.ts';

const INTERVAL_MS = 50;

/**
 * Resolves once the container's health route answers 200; a container that does not get there is ended.
 * @param timeout a duration like `120s`
 * @throws ApiError FAILED_PRECONDITION when the container exits first or the time is up.
 */
export async function untilHealthy(container: RunningContainer, url: string, timeout: string): Promise<void> {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), millisecondsOf(timeout));
  const exited = container.exited.then(({code, logTail}) => {
    throw new ApiError(
      'FAILED_PRECONDITION',
      `Model server exited unexpectedly with status ${code}.\n${logTail}`,
    );
  });
  try {
    if (await Promise.race([exited, answersOk(url, end.signal)])) return;
    container.kill();
    throw new ApiError('FAILED_PRECONDITION', `Model server was not healthy within ${timeout}.`);
  } finally {
    clearTimeout(timer);
    end.abort();
  }
}

/** True when `url` answered 200, false when `signal` aborted before. */
async function answersOk(url: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    // A refused connection means that the server is not listening yet.
    const answer = await fetch(url, {signal}).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) return true;
    await sleep(INTERVAL_MS);
  }
  return false;
}
