import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import type {Pipeline} from '../domain/pipeline.ts';
import type {Parameter} from '../domain/study.ts';

type Schema$StudySpec = aiplatform_v1.Schema$GoogleCloudAiplatformV1StudySpec;
type Schema$ConditionalParameterSpec =
  aiplatform_v1.Schema$GoogleCloudAiplatformV1StudySpecParameterSpecConditionalParameterSpec;
type Schema$ParameterSpec = aiplatform_v1.Schema$GoogleCloudAiplatformV1StudySpecParameterSpec;

type Parameters = Readonly<Record<string, Parameter>>;

const ALGORITHMS = {bayesian: 'ALGORITHM_UNSPECIFIED', random: 'RANDOM_SEARCH', grid: 'GRID_SEARCH'} as const;
const SCALES = {
  linear: 'UNIT_LINEAR_SCALE',
  log: 'UNIT_LOG_SCALE',
  'reverse-log': 'UNIT_REVERSE_LOG_SCALE',
} as const;
const STOPPING_SPECS = {
  median: 'medianAutomatedStoppingSpec',
  'decay-curve': 'decayCurveStoppingSpec',
} as const;
const MEASUREMENTS = {last: 'LAST_MEASUREMENT', best: 'BEST_MEASUREMENT'} as const;

/** What a tuning job searches, in the words of Vertex AI. */
export function studySpecOf(tune: Pipeline['tune']): Schema$StudySpec {
  const {metric, goal, algorithm, earlyStopping, measurement, parameters} = tune;
  const roots = Object.entries(parameters).filter(([, {when}]) => when === undefined);
  return {
    metrics: [{metricId: metric, goal: goal === 'maximize' ? 'MAXIMIZE' : 'MINIMIZE'}],
    algorithm: ALGORITHMS[algorithm],
    measurementSelectionType: MEASUREMENTS[measurement],
    ...(earlyStopping && {[STOPPING_SPECS[earlyStopping]]: {}}),
    parameters: roots.map(([id]) => parameterSpecOf(id, parameters)),
  };
}

/** Vertex AI nests a parameter under the one it depends on. */
function parameterSpecOf(id: string, parameters: Parameters): Schema$ParameterSpec {
  const parameter = parameters[id] ?? {};
  const children = Object.entries(parameters).flatMap(
    ([childId, {when}]): Schema$ConditionalParameterSpec[] => {
      const values = when?.[id];
      if (values === undefined) return [];
      return [{...conditionOn(parameter, values), parameterSpec: parameterSpecOf(childId, parameters)}];
    },
  );
  return {
    parameterId: id,
    ...(parameter.scale && {scaleType: SCALES[parameter.scale]}),
    ...valuesOf(parameter),
    ...(children.length > 0 && {conditionalParameterSpecs: children}),
  };
}

function valuesOf({double, integer, discrete, categorical}: Parameter): Schema$ParameterSpec {
  if (double !== undefined) return {doubleValueSpec: {minValue: double[0], maxValue: double[1]}};
  if (integer !== undefined)
    return {integerValueSpec: {minValue: String(integer[0]), maxValue: String(integer[1])}};
  if (discrete !== undefined) return {discreteValueSpec: {values: discrete}};
  return {categoricalValueSpec: {values: categorical ?? []}};
}

function conditionOn(
  {integer, discrete}: Parameter,
  values: readonly (number | string)[],
): Schema$ConditionalParameterSpec {
  if (integer !== undefined) return {parentIntValues: {values: values.map(String)}};
  if (discrete !== undefined) return {parentDiscreteValues: {values: values.map(Number)}};
  return {parentCategoricalValues: {values: values.map(String)}};
}
