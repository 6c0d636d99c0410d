const BINS = 10;

/** The nine deciles of sorted numbers, equal ones told once: the value at or below which one, two, … nine tenths of them lie. */
export function decileEdges(sorted: Float64Array): readonly number[] {
  const deciles = Array.from({length: BINS - 1}, (_, index) => {
    const rank = Math.ceil(((index + 1) * sorted.length) / BINS);
    return sorted[rank - 1] ?? 0;
  });
  return [...new Set(deciles)];
}

/** Counts numbers by bin: a bin reaches from above the edge before it up to its own, which belongs to it; the last one has no end. */
export function binsOf(numbers: Float64Array, edges: readonly number[]): readonly number[] {
  const rows = Array.from({length: edges.length + 1}, () => 0);
  for (const number of numbers) {
    const found = edges.findIndex((edge) => number <= edge);
    const bin = found < 0 ? edges.length : found;
    rows[bin] = (rows[bin] ?? 0) + 1;
  }
  return rows;
}
