import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import type {Config} from '../config.ts';
import type {Trial} from '../domain/trial.ts';
import {RetryableError} from '../errors.ts';
import type {Job, JobRequest, Jobs} from '../job-ports.ts';
import {allPages, ENDED_OR_GONE, SEND_ONCE} from './google-api.ts';
import {labelsOf, originOf} from './origin.ts';
import {call, must} from './service-error.ts';
import {studySpecOf} from './study-spec.ts';
import type {Vertex} from './vertex.ts';
import {pipelineStateOf, type Schema$PipelineJob, vertexPipelines} from './vertex-pipelines.ts';

type Schema$TuningJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1HyperparameterTuningJob;
type Schema$CustomJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1CustomJob;
type Schema$CustomJobSpec = aiplatform_v1.Schema$GoogleCloudAiplatformV1CustomJobSpec;
type Schema$Trial = aiplatform_v1.Schema$GoogleCloudAiplatformV1Trial;

const NOT_FOUND = 404;
const JOB_ID = /^\d+$/;
const PIPELINE_JOB_ID = /^[a-z][-a-z0-9]*$/;
const PAGE_SIZE = 100;
/** google.rpc.Code: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. A container that fails is INVALID_ARGUMENT. */
const SERVICE_FAULTS = new Set([4, 8, 10, 13, 14]);
const JOB_TIMEOUT = '86400s';

/** Vertex AI tuning and custom jobs behind the {@link Jobs} port. */
export function vertexJobsGateway(config: Config, vertex: Vertex): Jobs {
  const {parent} = vertex;
  const pipelines = vertexPipelines(config, vertex);

  return {
    startPipeline: (request) => pipelines.start(request),
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
    async findByEffect(kind, effectKey, attempt) {
      const filter = `labels.millrace_effect="${effectKey}" AND labels.millrace_attempt="${attempt}"`;
      const [found] = await list(vertex, kind, filter);
      if (found !== undefined || kind === 'tuning') return found?.name;
      const pipeline = await pipelines.find(pipelines.idOf(effectKey, attempt));
      return pipeline && nameOf(pipeline);
    },
    async find(id) {
      if (JOB_ID.test(id)) return findByNumber(vertex, id);
      if (!PIPELINE_JOB_ID.test(id)) return undefined;
      const pipeline = await pipelines.find(id);
      return pipeline && pipelineJobOf(pipeline);
    },
    async list({since}) {
      const filter = `labels.millrace_run:* AND create_time>="${since}"`;
      return [
        ...(await list(vertex, 'tuning', filter)),
        ...(await list(vertex, 'training', filter)),
        ...(await pipelines.list(filter)).map(pipelineJobOf),
      ];
    },
    async cancel(name) {
      if (name.includes('/pipelineJobs/')) return pipelines.cancel(name);
      const {hyperparameterTuningJobs, customJobs} = await vertex.locations();
      const jobs = name.includes('/hyperparameterTuningJobs/') ? hyperparameterTuningJobs : customJobs;
      await call(`cancelling ${name}`, () => jobs.cancel({name, requestBody: {}}), ENDED_OR_GONE);
    },
  };
}

/** A tuning or custom job: their ids are the service's. */
async function findByNumber(vertex: Vertex, id: string): Promise<Job | undefined> {
  const {hyperparameterTuningJobs, customJobs} = await vertex.locations();
  const tuning = await call(
    `reading tuning job ${id}`,
    () => hyperparameterTuningJobs.get({name: `${vertex.parent}/hyperparameterTuningJobs/${id}`}),
    [NOT_FOUND],
  );
  if (tuning !== undefined) return tuningJobOf(tuning.data);
  const custom = await call(
    `reading training job ${id}`,
    () => customJobs.get({name: `${vertex.parent}/customJobs/${id}`}),
    [NOT_FOUND],
  );
  return custom && customJobOf(custom.data);
}

async function list(vertex: Vertex, kind: Job['kind'], filter: string): Promise<Job[]> {
  const {hyperparameterTuningJobs, customJobs} = await vertex.locations();
  const query = {parent: vertex.parent, filter, pageSize: PAGE_SIZE};
  const doing = `listing ${kind} jobs`;
  const jobs: Job[] = [];
  if (kind === 'tuning') {
    const pages = allPages(doing, (at) => hyperparameterTuningJobs.list({...query, ...at}));
    for await (const {hyperparameterTuningJobs: page = []} of pages) jobs.push(...page.map(tuningJobOf));
  } else {
    const pages = allPages(doing, (at) => customJobs.list({...query, ...at}));
    for await (const {customJobs: page = []} of pages) jobs.push(...page.map(customJobOf));
  }
  return jobs;
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

function nameOf({name}: {name?: string | null}): string {
  if (!name) throw new RetryableError('Vertex AI answered a create without the job name');
  return name;
}

function tuningJobOf(job: Schema$TuningJob): Job {
  return {...jobOf(job), kind: 'tuning', trials: job.trials?.map(trialOf) ?? []};
}

function pipelineJobOf(job: Schema$PipelineJob): Job {
  return {...jobOf(job), kind: 'training', trials: []};
}

function customJobOf(job: Schema$CustomJob): Job {
  return {...jobOf(job), kind: 'training', trials: []};
}

function jobOf(job: Schema$TuningJob | Schema$CustomJob | Schema$PipelineJob): Omit<Job, 'kind' | 'trials'> {
  const name = nameOf(job);
  const why = job.error?.message;
  const state = jobStateOf(job.state);
  const fault = SERVICE_FAULTS.has(job.error?.code ?? 0) ? 'service' : 'trainer';
  return {
    name,
    id: name.split('/').at(-1) ?? '',
    state,
    createTime: job.createTime ?? '',
    ...originOf(job.labels),
    ...(job.startTime ? {startTime: job.startTime} : {}),
    ...(job.endTime ? {endTime: job.endTime} : {}),
    ...(why ? {why} : {}),
    ...(state === 'failed' ? {fault} : {}),
  };
}

export function jobStateOf(state: string | null | undefined): Job['state'] {
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
    case 'JOB_STATE_CANCELLING':
      return 'running';
    default:
      return pipelineStateOf(state);
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
  const metric = trial.finalMeasurement?.metrics?.[0]?.value ?? undefined;
  const {infeasibleReason: why, startTime, endTime} = trial;
  return {
    id: trial.id ?? '',
    state: TRIAL_STATES[trial.state ?? ''] ?? 'requested',
    parameters: Object.fromEntries(parameters),
    // What JSON has no number for comes as a word: "NaN", "Infinity".
    ...(metric === undefined ? {} : {metric: Number(metric)}),
    ...(why ? {why} : {}),
    ...(startTime ? {startTime} : {}),
    ...(endTime ? {endTime} : {}),
  };
}
