/** So much within so long; each grant counts until its window has passed. */
export interface Limit {
  readonly count: number;
  readonly windowMs: number;
}

/** New requests of one caller. A repeat under the same key is none. */
export const CALLER_LIMIT: Limit = {count: 10, windowMs: 60_000};

/** Reruns of one generation of one object. */
export const RERUN_LIMIT: Limit = {count: 3, windowMs: 24 * 3_600_000};

export type Grant =
  | {readonly kind: 'granted'; readonly grantsMs: readonly number[]}
  | {readonly kind: 'refused'; readonly retryAfterSeconds: number};

/**
 * Decides one more request.
 * @param grantsMs when earlier ones were granted, oldest first, by the same clock as `nowMs`
 * @returns the grants to remember, or how long until the oldest of them counts no more
 */
export function grantOf(grantsMs: readonly number[], {count, windowMs}: Limit, nowMs: number): Grant {
  const counted = grantsMs.filter((atMs) => atMs > nowMs - windowMs);
  const [oldestMs = nowMs] = counted.slice(-count);
  if (counted.length < count) return {kind: 'granted', grantsMs: [...counted, nowMs]};
  return {kind: 'refused', retryAfterSeconds: Math.ceil((oldestMs + windowMs - nowMs) / 1000)};
}
