import {setTimeout as wait} from 'node:timers/promises';

/** The time an execution lives in. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`; rejects when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The longest time a timer of Node can be set to. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const realClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0; left -= MAX_TIMER_MS) {
      await wait(Math.min(left, MAX_TIMER_MS), undefined, {signal});
    }
  },
};
