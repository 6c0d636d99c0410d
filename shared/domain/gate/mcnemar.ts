/**
 * McNemar's exact test, one-sided: how likely a challenger that is no better would win so many, or more, of the rows on which the two
 * models disagree. One-sided, because the gate acts on one outcome only: a challenger that is worse is not released, however clearly.
 * The same as `scipy.stats.binomtest(wins, wins + losses, 0.5, alternative='greater').pvalue`.
 * @param wins rows that only the challenger got right, `losses` those that only the champion did
 * @returns above 0.5 whenever `wins` is not more than `losses`
 */
export function mcnemar(wins: number, losses: number): number {
  // Of the two tails the one beyond the middle is summed: its terms fall from the first on.
  return wins > losses ? upperTail(wins, losses) : 1 - upperTail(losses + 1, wins - 1);
}

/** P(X ≥ k) of a fair coin thrown `k + rest` times, for k above the mean. */
function upperTail(k: number, rest: number): number {
  if (rest < 0) return 0;
  let term = 1;
  let sum = 1;
  for (let left = rest, heads = k + 1; left > 0 && term > sum * Number.EPSILON; left--, heads++) {
    term *= left / heads;
    sum += term;
  }
  return sum * Math.exp(logChance(k, rest));
}

/** ln of the chance of exactly `heads` and `tails`; in logarithms, since it is far below the smallest double for some thousand throws. */
function logChance(heads: number, tails: number): number {
  let log = -(heads + tails) * Math.LN2;
  for (let step = 1; step <= tails; step++) log += Math.log((heads + step) / step);
  return log;
}
