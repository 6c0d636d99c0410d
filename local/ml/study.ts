import type {Study, StudyTrial} from '../tuning/run-study.ts';
import type {ParameterSpec as StudyParameter} from '../tuning/types.ts';
import type {HyperparameterOutput, HyperparameterSpec, ParameterSpec} from './types.ts';

/** "By default, training/hptuning/metric will be used", says the reference of `hyperparameterMetricTag`. */
const DEFAULT_TAG = 'training/hptuning/metric';

export function metricTagOf({hyperparameterMetricTag}: HyperparameterSpec): string {
  return hyperparameterMetricTag ?? DEFAULT_TAG;
}

/** The search that a tuning job asks for. Which rule stops trials early the service does not tell: here it is the decay curve. */
export function studyOf(asked: HyperparameterSpec): Study {
  const {goal, algorithm, enableTrialEarlyStopping, params, maxTrials, maxParallelTrials, maxFailedTrials} =
    asked;
  return {
    spec: {
      metrics: [{metricId: metricTagOf(asked), goal: goal === 'MINIMIZE' ? 'MINIMIZE' : 'MAXIMIZE'}],
      parameters: (params ?? []).map(parameterOf),
      ...(algorithm && {algorithm}),
      ...(enableTrialEarlyStopping && {decayCurveStoppingSpec: {}}),
    },
    maxTrials: maxTrials ?? 1,
    parallelTrials: maxParallelTrials ?? 1,
    maxFailedTrials: maxFailedTrials ?? undefined,
  };
}

function parameterOf({parameterName, scaleType, ...spec}: ParameterSpec): StudyParameter {
  return {
    parameterId: parameterName ?? '',
    ...(scaleType && scaleType !== 'NONE' && {scaleType}),
    ...valuesOf(spec),
  };
}

function valuesOf({
  type,
  minValue,
  maxValue,
  discreteValues,
  categoricalValues,
}: ParameterSpec): StudyParameter {
  const range = {minValue: minValue ?? 0, maxValue: maxValue ?? 0};
  if (type === 'DOUBLE') return {doubleValueSpec: range};
  if (type === 'INTEGER')
    return {integerValueSpec: {minValue: String(range.minValue), maxValue: String(range.maxValue)}};
  if (type === 'DISCRETE') return {discreteValueSpec: {values: discreteValues ?? []}};
  return {categoricalValueSpec: {values: categoricalValues ?? []}};
}

const TRIAL_STATES: Readonly<Record<string, string>> = {
  REQUESTED: 'QUEUED',
  ACTIVE: 'RUNNING',
  STOPPING: 'RUNNING',
  SUCCEEDED: 'SUCCEEDED',
};

/** A trial as `trainingOutput` shows it: every value as text; one that measured nothing has succeeded without a final metric. */
export function shownTrial(trial: StudyTrial): HyperparameterOutput {
  const {id, state, parameters, finalMeasurement, startTime, endTime, isStoppedEarly, hasFailed} = trial;
  const values = (parameters ?? []).map(({parameterId, value}) => [parameterId ?? '', String(value)]);
  const [metric] = finalMeasurement?.metrics ?? [];
  return {
    trialId: id ?? '',
    hyperparameters: Object.fromEntries(values),
    state: TRIAL_STATES[state ?? ''] ?? (hasFailed ? 'FAILED' : 'SUCCEEDED'),
    ...(startTime && {startTime}),
    ...(endTime && {endTime}),
    ...(metric && {
      finalMetric: {trainingStep: finalMeasurement?.stepCount ?? '0', objectiveValue: metric.value ?? 0},
    }),
    ...(isStoppedEarly && {isTrialStoppedEarly: true}),
  };
}
