const BINS = 10;

/** The nine deciles of sorted numbers, equal ones told once: the value at or below which one, two, … nine tenths of them lie. */
export function decileEdges(sorted: Float64Array): readonly number[] {
  const deciles = Array.from({length: BINS - 1}, (_, index) => {
    const rank = Math.ceil(((index + 1) * sorted.length) / BINS);
    return sorted[rank - 1] ?? 0;
  });
  return [...new Set(deciles)];
}

/** Counts sorted numbers by bin: a bin reaches from above the edge before it up to its own, which belongs to it; the last one has no end. */
export function binsOf(sorted: Float64Array, edges: readonly number[]): readonly number[] {
  const ends = [...edges.map((edge) => countUpTo(sorted, edge)), sorted.length];
  return ends.map((end, bin) => end - (ends[bin - 1] ?? 0));
}

/** How many of some sorted numbers are not above a limit, by halving where the answer may be. */
function countUpTo(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? limit) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
