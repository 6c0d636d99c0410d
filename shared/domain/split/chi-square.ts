export interface ChiSquareTest {
  readonly chiSquare: number;
  readonly degreesOfFreedom: number;
  /** The chance of a chi-square at least this large when rows and columns have nothing to do with each other. */
  readonly pValue: number;
}

/** Counts in three rows; two degrees of freedom for each column but one, so their number is even and the tail has a closed form. */
export type ThreeRowTable = readonly [readonly number[], readonly number[], readonly number[]];

/** Pearson's test of independence. Every row and every column must have a count above zero. */
export function testIndependence(table: ThreeRowTable): ChiSquareTest {
  const columnTotals = table[0].map((_, column) => sum(table.map((row) => row[column] ?? 0)));
  const total = sum(columnTotals);
  const chiSquare = sum(
    table.flatMap((row) => {
      const share = sum(row) / total;
      return row.map((count, column) => distance(count, share * (columnTotals[column] ?? 0)));
    }),
  );
  const freeColumns = columnTotals.length - 1;
  return {chiSquare, degreesOfFreedom: 2 * freeColumns, pValue: upperTail(chiSquare, freeColumns)};
}

/**
 * P(X ≥ chiSquare) with 2n degrees of freedom: Q(n, x/2) = e^(−x/2) · Σ (x/2)^k / k! for k < n (NIST DLMF 8.4.10).
 * Summed as logarithms, since e^(−x/2) alone would vanish above x ≈ 1,490.
 */
export function upperTail(chiSquare: number, n: number): number {
  const half = chiSquare / 2;
  let logTerm = -half;
  let tail = Math.exp(logTerm);
  for (let k = 1; k < n; k += 1) {
    logTerm += Math.log(half / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(tail, 1);
}

function distance(count: number, expected: number): number {
  return (count - expected) ** 2 / expected;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
