import assert from 'node:assert/strict';
import fc from 'fast-check';
import {factorize, solveLower, solveUpper} from '../../../../local/tuning/search/cholesky.ts';

const square = fc.integer({min: 1, max: 6}).chain((size) => {
  const number = fc.integer({min: -9, max: 9});
  const row = fc.array(number, {minLength: size, maxLength: size});
  return fc.tuple(fc.array(row, {minLength: size, maxLength: size}), row);
});

describe('a Cholesky factor', () => {
  it('solves every system with a positive definite matrix', () => {
    fc.assert(
      fc.property(square, ([rows, wanted]) => {
        // A·Aᵀ + I is positive definite whatever A is.
        const entry = (i: number, j: number) => product(rows[i] ?? [], rows[j] ?? []) + (i === j ? 1 : 0);
        const lower = factorize(rows.length, entry);
        const right = wanted.map((_, i) =>
          product(
            wanted.map((__, j) => entry(i, j)),
            wanted,
          ),
        );

        const found = solveUpper(lower, solveLower(lower, right));

        for (const [i, value] of wanted.entries()) assert.ok(Math.abs(value - Number(found[i])) < 1e-4);
      }),
    );
  });

  it('is refused for a matrix that is not positive definite', () => {
    for (const value of [-1, 0, Number.NaN]) assert.throws(() => factorize(1, () => value), RangeError);
    assert.throws(() => factorize(2, () => 1), RangeError);
  });
});

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
