/** A step of the way that only so many can be in at one time, and only so many can enter in a minute. First come, first served. */
export interface Station {
  readonly servers: number;
  /** Infinity where nothing is said. */
  readonly perMinute: number;
  /** How long one stays, in seconds. */
  readonly secondsOf: (index: number) => number;
  /** Something that one needs for oneself, by a number below `count`: no two who need the same are in at one time. */
  readonly needs?: {readonly count: number; readonly of: (index: number) => number};
}

/** When each one was let in and had done, by the same index as it came. */
export interface Passage {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/**
 * Lets all through. A virtual clock of its own: nothing waits, times are computed in the order of arrival.
 * @param arrivals in seconds, in any order
 */
export function passStation(
  arrivals: Float64Array,
  {servers, perMinute, secondsOf, needs}: Station,
): Passage {
  const starts = new Float64Array(arrivals.length);
  const ends = new Float64Array(arrivals.length);
  const freeAt = new Float64Array(servers);
  const neededUntil = new Float64Array(needs?.count ?? 1);
  const lastMinute: number[] = [];
  for (const index of orderOf(arrivals)) {
    const server = indexOfLeast(freeAt);
    const paced = lastMinute.length < perMinute ? 0 : Number(lastMinute.shift()) + 60;
    const need = needs?.of(index);
    const given = need === undefined ? 0 : Number(neededUntil[need]);
    const start = Math.max(Number(arrivals[index]), Number(freeAt[server]), paced, given);
    const end = start + secondsOf(index);
    if (need !== undefined) neededUntil[need] = end;
    freeAt[server] = end;
    if (perMinute !== Number.POSITIVE_INFINITY) lastMinute.push(start);
    starts[index] = start;
    ends[index] = end;
  }
  return {starts, ends};
}

/** How many were in line at one time, at most. */
export function longestLine(arrivals: Float64Array, starts: Float64Array): number {
  const came = arrivals.toSorted();
  const left = starts.toSorted();
  let waiting = 0;
  let most = 0;
  for (let arrived = 0, gone = 0; arrived < came.length; arrived++) {
    waiting++;
    while (Number(left[gone]) <= Number(came[arrived])) {
      gone++;
      waiting--;
    }
    most = Math.max(most, waiting);
  }
  return most;
}

function orderOf(arrivals: Float64Array): Uint32Array {
  return Uint32Array.from(arrivals.keys()).sort((a, b) => Number(arrivals[a]) - Number(arrivals[b]) || a - b);
}

function indexOfLeast(values: Float64Array): number {
  let least = 0;
  for (let index = 1; index < values.length; index++) {
    if (Number(values[index]) < Number(values[least])) least = index;
  }
  return least;
}
