/**
 * How alike a Gaussian process takes two points to be, from 0 to 1: the Matérn kernel with ν = 5/2, the usual one for hyperparameters
 * (Snoek, Larochelle, Adams, "Practical Bayesian optimization of machine learning algorithms", 2012).
 * @param length the distance over which values stay alike
 */
export function matern52(a: readonly number[], b: readonly number[], length: number): number {
  const distance = (Math.sqrt(5) * Math.hypot(...a.map((value, axis) => value - (b[axis] ?? 0)))) / length;
  return (1 + distance + distance ** 2 / 3) * Math.exp(-distance);
}
