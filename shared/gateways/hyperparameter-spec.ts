import type {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';
import type {Pipeline} from '../domain/pipeline.ts';
import type {Parameter} from '../domain/study.ts';

type Schema$HyperparameterSpec = ml_v1.Schema$GoogleCloudMlV1__HyperparameterSpec;
type Schema$ParameterSpec = ml_v1.Schema$GoogleCloudMlV1__ParameterSpec;

const ALGORITHMS = {bayesian: 'ALGORITHM_UNSPECIFIED', random: 'RANDOM_SEARCH', grid: 'GRID_SEARCH'} as const;
const SCALES = {
  linear: 'UNIT_LINEAR_SCALE',
  log: 'UNIT_LOG_SCALE',
  'reverse-log': 'UNIT_REVERSE_LOG_SCALE',
} as const;

/** What a tuning job searches, in the words of AI Platform and of its `hptuning_config.yaml`. */
export function hyperparameterSpecOf(tune: Pipeline['tune']): Schema$HyperparameterSpec {
  const {metric, goal, algorithm, earlyStopping, parameters} = tune;
  return {
    goal: goal === 'maximize' ? 'MAXIMIZE' : 'MINIMIZE',
    hyperparameterMetricTag: metric,
    maxTrials: tune.maxTrials,
    maxParallelTrials: tune.parallelTrials,
    maxFailedTrials: tune.maxFailedTrials,
    algorithm: ALGORITHMS[algorithm],
    enableTrialEarlyStopping: earlyStopping !== undefined,
    params: Object.entries(parameters).map(([name, parameter]) => parameterSpecOf(name, parameter)),
  };
}

function parameterSpecOf(parameterName: string, parameter: Parameter): Schema$ParameterSpec {
  const scaleType = parameter.scale && SCALES[parameter.scale];
  return {parameterName, ...valuesOf(parameter), ...(scaleType && {scaleType})};
}

function valuesOf({double, integer, discrete, categorical}: Parameter): Schema$ParameterSpec {
  if (double !== undefined) return {type: 'DOUBLE', minValue: double[0], maxValue: double[1]};
  if (integer !== undefined) return {type: 'INTEGER', minValue: integer[0], maxValue: integer[1]};
  if (discrete !== undefined) return {type: 'DISCRETE', discreteValues: discrete};
  return {type: 'CATEGORICAL', categoricalValues: categorical ?? []};
}
