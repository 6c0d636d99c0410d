import {fitGaussianProcess} from './search/gaussian-process.ts';
import {normalCumulative} from './search/normal.ts';
import type {Measurement, StudySpec, Trial} from './types.ts';

/** What a trial reported so far: never empty, `at` rising; greater is better. */
type Curve = readonly {readonly at: number; readonly value: number}[];

type Rule = (curve: Curve, completed: readonly Curve[]) => boolean;

/** The reference says "very low probability"; this is what is taken for it. */
const VERY_LOW = 0.01;
/** A prediction from fewer completed trials would be none. The same number is the default of the service's convex rule. */
const LEAST_COMPLETED = 5;

export function hasStoppingRule(study: StudySpec): boolean {
  return (study.medianAutomatedStoppingSpec ?? study.decayCurveStoppingSpec) !== undefined;
}

/**
 * Whether the study's stopping rule ends a running trial.
 * @param measurements of the running trial, in their order
 * @param trials all of the study; those that SUCCEEDED are what it is compared with
 */
export function shouldStop(
  study: StudySpec,
  measurements: readonly Measurement[],
  trials: readonly Trial[],
): boolean {
  const {medianAutomatedStoppingSpec, decayCurveStoppingSpec} = study;
  const spec = medianAutomatedStoppingSpec ?? decayCurveStoppingSpec;
  const rule: Rule = medianAutomatedStoppingSpec ? isBelowMedian : isBeyondHope;
  if (!spec || measurements.length === 0) return false;
  const toCurve = (of: readonly Measurement[]): Curve =>
    of.map((measurement) => ({
      at: spec.useElapsedDuration
        ? Number.parseFloat(measurement.elapsedDuration ?? '0')
        : Number(measurement.stepCount),
      value: (study.metrics?.[0]?.goal === 'MINIMIZE' ? -1 : 1) * Number(measurement.metrics?.[0]?.value),
    }));
  const completed = trials
    .filter(({state, measurements: reported = []}) => state === 'SUCCEEDED' && reported.length > 0)
    .map((trial) => toCurve(trial.measurements ?? []));
  return rule(toCurve(measurements), completed);
}

/**
 * "The median automated stopping rule stops a pending Trial if the Trial's best objective_value is strictly below the median
 * 'performance' of all completed Trials reported up to the Trial's last measurement"; performance is the running average.
 */
function isBelowMedian(curve: Curve, completed: readonly Curve[]): boolean {
  const performances = completed.flatMap((other) => {
    const values = upTo(other, lastOf(curve).at).map(({value}) => value);
    return values.length === 0 ? [] : [values.reduce((sum, value) => sum + value, 0) / values.length];
  });
  if (performances.length === 0) return false;
  return Math.max(...curve.map(({value}) => value)) < medianOf(performances);
}

/**
 * The decay curve rule "builds a Gaussian Process Regressor to predict the final objective value of a Trial based on the already
 * completed Trials"; a trial is stopped "if there is very low probability to exceed the optimal value found so far". Predicted
 * is what a trial of this value still gains from here on.
 */
function isBeyondHope(curve: Curve, completed: readonly Curve[]): boolean {
  const now = lastOf(curve);
  const known = completed.flatMap((other) => {
    const reached = upTo(other, now.at);
    return reached.length === 0 ? [] : [{value: lastOf(reached).value, final: lastOf(other).value}];
  });
  if (known.length < LEAST_COMPLETED) return false;
  const values = known.map(({value}) => value);
  const lowest = Math.min(...values);
  const width = Math.max(...values) - lowest || 1;
  const scaled = (value: number) => [(value - lowest) / width];
  const believe = fitGaussianProcess(
    known.map(({value, final}) => ({at: scaled(value), value: final - value})),
  );
  const gain = believe(scaled(now.value));
  const optimum = Math.max(...completed.map((other) => lastOf(other).value));
  return 1 - normalCumulative((optimum - now.value - gain.mean) / gain.deviation) < VERY_LOW;
}

function upTo(curve: Curve, end: number): Curve {
  return curve.filter(({at}) => at <= end);
}

function lastOf(curve: Curve) {
  return curve.at(-1) ?? {at: 0, value: Number.NaN};
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (Number(sorted[Math.floor(middle)]) + Number(sorted[Math.ceil(middle)])) / 2;
}
