import {suggestTrial} from '../../local/tuning/search/suggest-trial.ts';
import type {Trial} from '../../local/tuning/types.ts';
import {pointOf, type StandardFunction} from './standard-functions.ts';

export interface Study {
  readonly algorithm: 'ALGORITHM_UNSPECIFIED' | 'RANDOM_SEARCH';
  readonly trials: number;
  readonly seed: number;
}

/** How far above the function's minimum the best of the trials is, one trial after another. */
export function bestFound(target: StandardFunction, {algorithm, trials, seed}: Study): number {
  const metrics = [{metricId: `f${seed}`, goal: 'MINIMIZE'}];
  const done: Trial[] = [];
  let best = Number.POSITIVE_INFINITY;
  while (done.length < trials) {
    const parameters = suggestTrial({metrics, algorithm, parameters: target.parameters}, done) ?? [];
    const value = target.at(pointOf(parameters));
    done.push({state: 'SUCCEEDED', parameters, finalMeasurement: {metrics: [{value}]}});
    best = Math.min(best, value);
  }
  return best - target.minimum;
}
