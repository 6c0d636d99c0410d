import {dot, factorize, solveLower, solveUpper, type Triangle} from './cholesky.ts';
import {matern52} from './kernel.ts';

export interface Observation {
  readonly at: readonly number[];
  readonly value: number;
}

/** What is known of a value: a normal distribution. */
export interface Belief {
  readonly mean: number;
  readonly deviation: number;
}

const LENGTHS = [0.1, 0.2, 0.3, 0.5, 0.8, 1.3, 2];
/** Variance of the measurement, as a share of the variance of the values. */
const NOISES = [1e-4, 1e-2, 0.1];

/**
 * A Gaussian process through the observations, of which there must be one or more; returns what it believes of any other point.
 * Of a few lengths and noises it takes the pair under which the observations are likeliest.
 */
export function fitGaussianProcess(observations: readonly Observation[]): (at: readonly number[]) => Belief {
  const {mean, deviation} = momentsOf(observations.map(({value}) => value));
  const values = Float64Array.from(observations, ({value}) => (value - mean) / deviation);
  const points = observations.map(({at}) => at);
  const best = LENGTHS.flatMap((length) =>
    NOISES.map((noise) => modelOf(points, values, {length, noise})),
  ).reduce((likeliest, model) => (model.likelihood > likeliest.likelihood ? model : likeliest));

  return (at) => {
    const alike = Float64Array.from(points, (point) => matern52(at, point, best.length));
    const explained = solveLower(best.lower, alike);
    const variance = best.variance * Math.max(1 - dot(explained, explained, explained.length), 1e-12);
    return {
      mean: mean + deviation * dot(alike, best.weights, alike.length),
      deviation: deviation * Math.sqrt(variance),
    };
  };
}

interface Model {
  readonly length: number;
  readonly lower: Triangle;
  readonly weights: Float64Array;
  /** Of the process, as likely as can be under this length and noise. */
  readonly variance: number;
  /** Logarithm, but for a constant. */
  readonly likelihood: number;
}

function modelOf(
  points: readonly (readonly number[])[],
  values: Float64Array,
  {length, noise}: {length: number; noise: number},
): Model {
  const size = points.length;
  const lower = factorize(size, (i, j) =>
    i === j ? 1 + noise : matern52(points[i] ?? [], points[j] ?? [], length),
  );
  const weights = solveUpper(lower, solveLower(lower, values));
  const variance = Math.max(dot(values, weights, size) / size, 1e-12);
  const logDeterminant = 2 * lower.reduce((sum, row, i) => sum + Math.log(row[i] ?? 1), 0);
  return {length, lower, weights, variance, likelihood: -(size * Math.log(variance) + logDeterminant) / 2};
}

/** A deviation of 1 where all values are the same. */
function momentsOf(values: readonly number[]): Belief {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return {mean, deviation: Math.sqrt(variance) || 1};
}
