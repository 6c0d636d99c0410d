/** A lower triangular matrix: row i has i + 1 numbers. */
export type Triangle = readonly Float64Array[];

/**
 * The triangle L with L·Lᵀ = the symmetric matrix with these entries.
 * @throws RangeError when the matrix is not positive definite.
 */
export function factorize(size: number, entry: (row: number, column: number) => number): Triangle {
  const rows: Float64Array[] = [];
  for (let i = 0; i < size; i++) {
    const row = new Float64Array(i + 1);
    for (const [j, earlier] of rows.entries()) {
      row[j] = (entry(i, j) - dot(row, earlier, j)) / (earlier[j] ?? 1);
    }
    const rest = entry(i, i) - dot(row, row, i);
    if (!(rest > 0)) throw new RangeError('the matrix is not positive definite');
    row[i] = Math.sqrt(rest);
    rows.push(row);
  }
  return rows;
}

/** The vector x with L·x = b. */
export function solveLower(lower: Triangle, b: Iterable<number>): Float64Array {
  const x = Float64Array.from(b);
  for (const [i, row] of lower.entries()) x[i] = ((x[i] ?? 0) - dot(row, x, i)) / (row[i] ?? 1);
  return x;
}

/** The vector x with Lᵀ·x = b. */
export function solveUpper(lower: Triangle, b: Iterable<number>): Float64Array {
  const x = Float64Array.from(b);
  for (const [i, row] of [...lower.entries()].reverse()) {
    const value = (x[i] ?? 0) / (row[i] ?? 1);
    x[i] = value;
    for (let j = 0; j < i; j++) x[j] = (x[j] ?? 0) - (row[j] ?? 0) * value;
  }
  return x;
}

/** The sum of the first `length` products. */
export function dot(a: Float64Array, b: Float64Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
