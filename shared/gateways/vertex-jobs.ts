import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import type {Config} from '../config.ts';
import type {Trial} from '../domain/best-trial.ts';
import type {Parameter} from '../domain/study.ts';
import {RetryableError} from '../errors.ts';
import type {Job, JobRequest, Jobs} from '../ports.ts';
import {SEND_ONCE} from './google-api.ts';
import {call, must} from './service-error.ts';
import type {Vertex} from './vertex.ts';

type Schema$StudySpec = aiplatform_v1.Schema$GoogleCloudAiplatformV1StudySpec;
type Schema$ParameterSpec = aiplatform_v1.Schema$GoogleCloudAiplatformV1StudySpecParameterSpec;
type Schema$TuningJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1HyperparameterTuningJob;
type Schema$CustomJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1CustomJob;
type Schema$CustomJobSpec = aiplatform_v1.Schema$GoogleCloudAiplatformV1CustomJobSpec;
type Schema$Trial = aiplatform_v1.Schema$GoogleCloudAiplatformV1Trial;

const NOT_FOUND = 404;
const JOB_TIMEOUT = '86400s';

/** Vertex AI tuning and custom jobs behind the {@link Jobs} port. */
export function vertexJobsGateway(config: Config, vertex: Vertex): Jobs {
  const {parent} = vertex;

  return {
    async startTuning(request) {
      const {tune} = request;
      const requestBody: Schema$TuningJob = {
        displayName: request.effectKey,
        labels: labelsOf(request),
        maxTrialCount: tune.maxTrials,
        parallelTrialCount: tune.parallelTrials,
        maxFailedTrialCount: tune.maxFailedTrials,
        studySpec: studySpecOf(tune),
        trialJobSpec: jobSpecOf(request, config.trainerAccount),
      };
      const jobs = (await vertex.locations()).hyperparameterTuningJobs;
      const created = await must('starting the tuning job', () =>
        jobs.create({parent, requestBody}, SEND_ONCE),
      );
      return nameOf(created.data);
    },
    async startTraining(request) {
      const requestBody: Schema$CustomJob = {
        displayName: request.effectKey,
        labels: labelsOf(request),
        jobSpec: jobSpecOf(request, config.trainerAccount),
      };
      const jobs = (await vertex.locations()).customJobs;
      const created = await must('starting the training job', () =>
        jobs.create({parent, requestBody}, SEND_ONCE),
      );
      return nameOf(created.data);
    },
    async findByEffect(kind, effectKey) {
      const {hyperparameterTuningJobs, customJobs} = await vertex.locations();
      const query = {parent, filter: `labels.millrace_effect="${effectKey}"`};
      return must(`looking for a ${kind} job of ${effectKey}`, async () => {
        if (kind === 'tuning') {
          const listed = await hyperparameterTuningJobs.list(query);
          return listed.data.hyperparameterTuningJobs?.[0]?.name ?? undefined;
        }
        const listed = await customJobs.list(query);
        return listed.data.customJobs?.[0]?.name ?? undefined;
      });
    },
    async find(id) {
      const {hyperparameterTuningJobs, customJobs} = await vertex.locations();
      const tuning = await call(
        `reading tuning job ${id}`,
        () => hyperparameterTuningJobs.get({name: `${parent}/hyperparameterTuningJobs/${id}`}),
        [NOT_FOUND],
      );
      if (tuning !== undefined)
        return {...jobOf(tuning.data), kind: 'tuning', trials: tuning.data.trials?.map(trialOf) ?? []};
      const custom = await call(
        `reading training job ${id}`,
        () => customJobs.get({name: `${parent}/customJobs/${id}`}),
        [NOT_FOUND],
      );
      return custom && {...jobOf(custom.data), kind: 'training', trials: []};
    },
  };
}

/** Labels make a job findable; values are at most 64 characters of `[a-z0-9_-]`. */
function labelsOf({runId, effectKey, attempt}: JobRequest): Record<string, string> {
  return {millrace_run: runId, millrace_effect: effectKey, millrace_attempt: String(attempt)};
}

function jobSpecOf(
  {image, args, machineType, outputUri}: JobRequest,
  serviceAccount: string | undefined,
): Schema$CustomJobSpec {
  return {
    baseOutputDirectory: {outputUriPrefix: outputUri},
    // A restarted worker would be a second paid attempt that nothing here has decided on.
    scheduling: {timeout: JOB_TIMEOUT, disableRetries: true},
    workerPoolSpecs: [
      {machineSpec: {machineType}, replicaCount: '1', containerSpec: {imageUri: image, args: [...args]}},
    ],
    ...(serviceAccount === undefined ? {} : {serviceAccount}),
  };
}

const ALGORITHMS = {bayesian: 'ALGORITHM_UNSPECIFIED', random: 'RANDOM_SEARCH', grid: 'GRID_SEARCH'} as const;
const SCALES = {
  linear: 'UNIT_LINEAR_SCALE',
  log: 'UNIT_LOG_SCALE',
  'reverse-log': 'UNIT_REVERSE_LOG_SCALE',
} as const;

export function studySpecOf({
  metric,
  goal,
  algorithm,
  parameters,
}: Parameters<Jobs['startTuning']>[0]['tune']): Schema$StudySpec {
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

function nameOf({name}: {name?: string | null}): string {
  if (!name) throw new RetryableError('Vertex AI answered a create without the job name');
  return name;
}

function jobOf(job: Schema$TuningJob | Schema$CustomJob): Omit<Job, 'kind' | 'trials'> {
  const name = nameOf(job);
  const why = job.error?.message;
  const runId = job.labels?.millrace_run;
  return {
    name,
    id: name.split('/').at(-1) ?? '',
    state: stateOf(job.state),
    ...(runId ? {runId} : {}),
    ...(why ? {why} : {}),
  };
}

function stateOf(state: string | null | undefined): Job['state'] {
  switch (state) {
    case 'JOB_STATE_SUCCEEDED':
    case 'JOB_STATE_PARTIALLY_SUCCEEDED':
      return 'succeeded';
    case 'JOB_STATE_FAILED':
    case 'JOB_STATE_EXPIRED':
      return 'failed';
    case 'JOB_STATE_CANCELLED':
      return 'cancelled';
    case 'JOB_STATE_RUNNING':
      return 'running';
    default:
      return 'waiting';
  }
}

const TRIAL_STATES: Readonly<Record<string, Trial['state']>> = {
  REQUESTED: 'requested',
  ACTIVE: 'active',
  STOPPING: 'stopping',
  SUCCEEDED: 'succeeded',
  INFEASIBLE: 'infeasible',
};

function trialOf(trial: Schema$Trial): Trial {
  const parameters =
    trial.parameters?.map(({parameterId, value}) => [parameterId ?? '', value] as const) ?? [];
  const metric = Number(trial.finalMeasurement?.metrics?.[0]?.value ?? Number.NaN);
  const why = trial.infeasibleReason;
  return {
    id: trial.id ?? '',
    state: TRIAL_STATES[trial.state ?? ''] ?? 'requested',
    parameters: Object.fromEntries(parameters),
    ...(Number.isFinite(metric) ? {metric} : {}),
    ...(why ? {why} : {}),
  };
}
