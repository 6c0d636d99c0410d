/** Density of the standard normal distribution. */
export function normalDensity(z: number): number {
  return Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);
}

/** Probability that a standard normal value is at most `z`, to 7.5e-8: Abramowitz and Stegun, 26.2.17. */
export function normalCumulative(z: number): number {
  if (z < 0) return 1 - normalCumulative(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const tail = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153].reduce(
    (sum, factor) => (sum + factor) * t,
    0,
  );
  return 1 - normalDensity(z) * tail;
}
