/** The time, and somebody who waits for it. */
export interface Clock {
  now(): Date;
  /** Calls back once, at or after the instant. @returns what calls it off */
  at(instant: Date, work: () => void): () => void;
}

/** Longer waits overflow a timer. */
const MAX_WAIT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => new Date(),
  at(instant, work) {
    const waitMs = Math.min(MAX_WAIT_MS, Math.max(0, instant.getTime() - Date.now()));
    const timer = setTimeout(work, waitMs);
    return () => clearTimeout(timer);
  },
};
