/** Added to every bin, so that an empty one has a logarithm (Jeffreys' prior for a share). */
const PRIOR_ROWS = 0.5;

/** Standard deviations above its mean that chance alone does not reach. */
const CHANCE_SIGMAS = 4;

export interface Stability {
  /** Population stability index: 0 for equal shares; by custom below 0.1 is no shift and above 0.25 a large one. */
  readonly psi: number;
  /** What two samples of these sizes from one population stay below. */
  readonly byChance: number;
}

/**
 * PSI = Σ (aᵢ − eᵢ) · ln(aᵢ / eᵢ) over the shares of the bins (Siddiqi, Credit Risk Scorecards, 2006; Kullback and Leibler's symmetric divergence).
 * Were both samples from one population, PSI / (1/N + 1/M) would follow a chi-square distribution with one degree of freedom for each bin
 * but one (Yurdakul, Statistical Properties of Population Stability Index, 2018): small samples look shifted and are not.
 * @param before rows by bin
 * @param now rows by the same bins
 */
export function stabilityOf(before: readonly number[], now: readonly number[]): Stability {
  const expected = sharesOf(before);
  const actual = sharesOf(now);
  const psi = sum(expected.map((e, bin) => divergence(actual[bin] ?? 0, e)));
  const freeBins = before.length - 1;
  const scale = 1 / Math.max(1, sum(before)) + 1 / Math.max(1, sum(now));
  return {psi, byChance: scale * (freeBins + CHANCE_SIGMAS * Math.sqrt(2 * freeBins))};
}

function sharesOf(rows: readonly number[]): readonly number[] {
  const total = sum(rows) + PRIOR_ROWS * rows.length;
  return rows.map((count) => (count + PRIOR_ROWS) / total);
}

function divergence(actual: number, expected: number): number {
  return (actual - expected) * Math.log(actual / expected);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
