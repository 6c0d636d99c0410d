import type {Trial, TrialParameter} from '../types.ts';
import {type Axis, featuresOf, parametersAt, unitPoint} from './axes.ts';
import {expectedImprovement} from './expected-improvement.ts';
import {fitGaussianProcess, type Observation} from './gaussian-process.ts';
import {quasiRandomPoint} from './quasi-random.ts';
import {valueAt} from './scale.ts';

export interface Search {
  readonly axes: readonly Axis[];
  readonly goal: 'maximize' | 'minimize';
  /** One number in [0, 1) for each axis: the search's chance. */
  readonly start: readonly number[];
}

/** A process through more observations takes long; the latest are kept. */
const MAX_OBSERVATIONS = 200;
const CANDIDATES = 600;
/** How far around the best trial to look, as shares of an axis; each radius has as many candidates as a third of the wide look. */
const RADII = [0.2, 0.05, 0.01];

/**
 * The parameters that a Gaussian process through the earlier trials expects the greatest improvement from.
 * Until there are two more measurements than axes, a space-filling point. A running trial counts as an average one, so that
 * trials side by side differ; an infeasible one as the worst, so that its surroundings are left.
 */
export function bayesianPoint(search: Search, trials: readonly Trial[]): TrialParameter[] {
  const {axes, goal, start} = search;
  const sign = goal === 'maximize' ? 1 : -1;
  const measured = trials.flatMap((trial) => {
    const metric = metricOf(trial);
    return metric === undefined ? [] : [{parameters: trial.parameters ?? [], value: sign * metric}];
  });
  const [best] = measured.toSorted((a, b) => b.value - a.value);
  if (best === undefined || measured.length < axes.length + 2) {
    return pointParameters(axes, quasiRandomPoint(start, trials.length));
  }
  const values = measured.map(({value}) => value);
  const worst = Math.min(...values);
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  const observations = trials.map((trial): Observation => {
    const metric = metricOf(trial);
    const guess = trial.state === 'INFEASIBLE' ? worst : average;
    return {
      at: featuresOf(axes, trial.parameters ?? []),
      value: metric === undefined ? guess : sign * metric,
    };
  });
  const believe = fitGaussianProcess(observations.slice(-MAX_OBSERVATIONS));
  const tried = new Set(trials.map(({parameters}) => JSON.stringify(parameters)));
  const all = candidates(search, trials.length, unitPoint(axes, best.parameters));
  const fresh = all.filter((parameters) => !tried.has(JSON.stringify(parameters)));
  const [chosen = best.parameters] = (fresh.length > 0 ? fresh : all)
    .map((parameters) => ({
      parameters,
      gain: expectedImprovement(believe(featuresOf(axes, parameters)), best.value),
    }))
    .toSorted((a, b) => b.gain - a.gain)
    .map(({parameters}) => parameters);
  return chosen;
}

/** Points all over the space and around its best, others for each trial. */
function candidates({axes, start}: Search, trial: number, best: readonly number[]): TrialParameter[][] {
  const wide = Array.from({length: CANDIDATES}, (_, index) =>
    quasiRandomPoint(start, trial * CANDIDATES + index),
  );
  const near = RADII.flatMap((radius) =>
    wide
      .slice(0, CANDIDATES / 3)
      .map((point) => point.map((unit, axis) => inside((best[axis] ?? 0.5) + radius * (2 * unit - 1)))),
  );
  return [...wide, ...near].map((point) => pointParameters(axes, point));
}

function inside(unit: number): number {
  return Math.min(Math.max(unit, 0), 1);
}

function pointParameters(axes: readonly Axis[], point: readonly number[]): TrialParameter[] {
  return parametersAt(axes, ({spec}, index) => valueAt(spec, point[index] ?? 0.5));
}

function metricOf({state, finalMeasurement}: Trial): number | undefined {
  return state === 'SUCCEEDED' ? (finalMeasurement?.metrics?.[0]?.value ?? undefined) : undefined;
}
