import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import type {Pipeline} from '../domain/pipeline.ts';
import type {Parameter} from '../domain/study.ts';

type Schema$StudySpec = aiplatform_v1.Schema$GoogleCloudAiplatformV1StudySpec;
type Schema$ParameterSpec = aiplatform_v1.Schema$GoogleCloudAiplatformV1StudySpecParameterSpec;

const ALGORITHMS = {bayesian: 'ALGORITHM_UNSPECIFIED', random: 'RANDOM_SEARCH', grid: 'GRID_SEARCH'} as const;
const SCALES = {
  linear: 'UNIT_LINEAR_SCALE',
  log: 'UNIT_LOG_SCALE',
  'reverse-log': 'UNIT_REVERSE_LOG_SCALE',
} as const;

/** What a tuning job searches, in the words of Vertex AI. */
export function studySpecOf({metric, goal, algorithm, parameters}: Pipeline['tune']): Schema$StudySpec {
  return {
    metrics: [{metricId: metric, goal: goal === 'maximize' ? 'MAXIMIZE' : 'MINIMIZE'}],
    algorithm: ALGORITHMS[algorithm],
    parameters: Object.entries(parameters).map(([id, parameter]) => parameterSpecOf(id, parameter)),
  };
}

function parameterSpecOf(
  parameterId: string,
  {double, integer, discrete, categorical, scale}: Parameter,
): Schema$ParameterSpec {
  const scaleType = scale === undefined ? {} : {scaleType: SCALES[scale]};
  if (double !== undefined)
    return {parameterId, ...scaleType, doubleValueSpec: {minValue: double[0], maxValue: double[1]}};
  if (integer !== undefined) {
    return {
      parameterId,
      ...scaleType,
      integerValueSpec: {minValue: String(integer[0]), maxValue: String(integer[1])},
    };
  }
  if (discrete !== undefined) return {parameterId, discreteValueSpec: {values: discrete}};
  return {parameterId, categoricalValueSpec: {values: categorical ?? []}};
}
