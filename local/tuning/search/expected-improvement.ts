import type {Belief} from './gaussian-process.ts';
import {normalCumulative, normalDensity} from './normal.ts';

/** By how much a value is expected to be above `best`, where less counts as nothing. */
export function expectedImprovement({mean, deviation}: Belief, best: number): number {
  const z = (mean - best) / deviation;
  return deviation * (z * normalCumulative(z) + normalDensity(z));
}
