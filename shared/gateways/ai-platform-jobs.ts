import type {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';
import type {Config} from '../config.ts';
import type {Trial} from '../domain/trial.ts';
import {PermanentError} from '../errors.ts';
import type {Job, JobRequest, Jobs} from '../job-ports.ts';
import {type AiPlatform, resourceIdOf} from './ai-platform.ts';
import {allPages, ENDED_OR_GONE, SEND_ONCE} from './google-api.ts';
import {hyperparameterSpecOf} from './hyperparameter-spec.ts';
import {labelsOf, originOf} from './origin.ts';
import {call} from './service-error.ts';

type Schema$Job = ml_v1.Schema$GoogleCloudMlV1__Job;
type Schema$TrainingInput = ml_v1.Schema$GoogleCloudMlV1__TrainingInput;
type Schema$Trial = ml_v1.Schema$GoogleCloudMlV1__HyperparameterOutput;

const NOT_FOUND = 404;
const CONFLICT = 409;
const JOB_ID = /^[A-Za-z]\w*$/;
const PAGE_SIZE = 100;
const MAX_RUNNING_TIME = '86400s';

/** The service gives no code with its message. A container that fails is told of as a replica that exited. */
const SERVICE_FAULT = /^internal error/i;

/** AI Platform training jobs behind the {@link Jobs} port. */
export function aiPlatformJobsGateway(config: Config, platform: AiPlatform): Jobs {
  const {parent} = platform;
  const nameOf = (id: string) => `${parent}/jobs/${id}`;
  const client = async () => (await platform.projects()).jobs;

  /** The id says which attempt it is: a job that is there already is that attempt's. */
  async function start(doing: string, request: JobRequest, input: Schema$TrainingInput): Promise<string> {
    const jobs = await client();
    const jobId = resourceIdOf(request.effectKey, request.attempt);
    const trainingInput = {...inputOf(request, config), ...input};
    const requestBody = {jobId, labels: labelsOf(request), trainingInput};
    await call(doing, () => jobs.create({parent, requestBody}, SEND_ONCE), [CONFLICT]);
    return nameOf(jobId);
  }

  async function find(id: string): Promise<Job | undefined> {
    if (!JOB_ID.test(id)) return undefined;
    const jobs = await client();
    const found = await call(`reading job ${id}`, () => jobs.get({name: nameOf(id)}), [NOT_FOUND]);
    return found && jobOf(parent, found.data);
  }

  return {
    find,
    startTuning: (request) =>
      start('starting the tuning job', request, {
        jobDir: request.outputUri,
        hyperparameters: {
          ...hyperparameterSpecOf(request.tune),
          ...(request.resumes && {resumePreviousJobId: request.resumes.split('/').at(-1) ?? ''}),
        },
      }),
    startTraining: (request) =>
      start('starting the training job', request, {jobDir: `${request.outputUri}/model/`}),
    async startPipeline() {
      throw new PermanentError('SERVICE_REFUSED', 'AI Platform runs no pipelines');
    },
    async findByEffect(kind, effectKey, attempt) {
      const job = await find(resourceIdOf(effectKey, attempt));
      return job?.kind === kind ? job.name : undefined;
    },
    async list({since}) {
      const jobs = await client();
      const filter = `labels.millrace_run:* AND createTime>="${since}"`;
      const query = {parent, filter, pageSize: PAGE_SIZE};
      const found: Job[] = [];
      for await (const {jobs: page = []} of allPages('listing jobs', (at) => jobs.list({...query, ...at})))
        found.push(...page.map((job) => jobOf(parent, job)));
      return found;
    },
    async cancel(name) {
      const jobs = await client();
      await call(`cancelling ${name}`, () => jobs.cancel({name, requestBody: {}}), ENDED_OR_GONE);
    },
  };
}

function inputOf({image, args, machineType}: JobRequest, config: Config): Schema$TrainingInput {
  return {
    region: config.region,
    scaleTier: 'CUSTOM',
    masterType: machineType,
    masterConfig: {imageUri: image},
    args: [...args],
    scheduling: {maxRunningTime: MAX_RUNNING_TIME},
    ...(config.trainerAccount === undefined ? {} : {serviceAccount: config.trainerAccount}),
  };
}

function jobOf(parent: string, job: Schema$Job): Job {
  const {jobId, labels, errorMessage, createTime, startTime, endTime, trainingInput, trainingOutput} = job;
  const state = stateOf(job.state);
  const id = jobId ?? '';
  const fault = SERVICE_FAULT.test(errorMessage ?? '') ? 'service' : 'trainer';
  const resumed = trainingInput?.hyperparameters?.resumePreviousJobId;
  const words = new Set(
    trainingInput?.hyperparameters?.params
      ?.filter(({type}) => type === 'CATEGORICAL')
      .map(({parameterName}) => parameterName),
  );
  return {
    name: `${parent}/jobs/${id}`,
    id,
    kind: trainingInput?.hyperparameters ? 'tuning' : 'training',
    state,
    createTime: createTime ?? '',
    ...(resumed ? {resumes: `${parent}/jobs/${resumed}`} : {}),
    trials: trainingOutput?.trials?.map((trial) => trialOf(trial, words)) ?? [],
    ...originOf(labels),
    ...(startTime ? {startTime} : {}),
    ...(endTime ? {endTime} : {}),
    ...(errorMessage ? {why: errorMessage} : {}),
    ...(state === 'failed' ? {fault} : {}),
  };
}

function stateOf(state: string | null | undefined): Job['state'] {
  switch (state) {
    case 'SUCCEEDED':
      return 'succeeded';
    case 'FAILED':
      return 'failed';
    case 'CANCELLED':
      return 'cancelled';
    case 'RUNNING':
    case 'CANCELLING':
      return 'running';
    default:
      return 'waiting';
  }
}

const TRIAL_STATES: Readonly<Record<string, Trial['state']>> = {
  QUEUED: 'requested',
  PREPARING: 'requested',
  RUNNING: 'active',
  CANCELLING: 'stopping',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
};

/** Every value comes as text. @param words parameters whose values are no numbers */
function trialOf(trial: Schema$Trial, words: ReadonlySet<unknown>): Trial {
  const values = Object.entries(trial.hyperparameters ?? {}).map(
    ([name, value]) => [name, words.has(name) ? value : Number(value)] as const,
  );
  const {finalMetric, isTrialStoppedEarly, startTime, endTime} = trial;
  const metric = finalMetric?.objectiveValue ?? undefined;
  return {
    id: trial.trialId ?? '',
    state: TRIAL_STATES[trial.state ?? ''] ?? 'requested',
    parameters: Object.fromEntries(values),
    ...(metric === undefined ? {} : {metric: Number(metric)}),
    ...(isTrialStoppedEarly ? {isStoppedEarly: true} : {}),
    ...(startTime ? {startTime} : {}),
    ...(endTime ? {endTime} : {}),
  };
}
