import type {JobControl, JobKind, Status, Job as StoredLife} from '../jobs/jobs.ts';
import {runReplica} from '../jobs/replica.ts';
import type {Workshop} from '../jobs/workshop.ts';
import {runStudy, type StudyTrial, trialFlags, trialVariables} from '../tuning/run-study.ts';
import type {TrialStart} from '../tuning/run-trial.ts';
import {metricTagOf, shownTrial, studyOf} from './study.ts';
import type {HyperparameterSpec, Job, TrainingInput, TrainingOutput} from './types.ts';

/** A job as it is kept. */
export interface TrainingJob extends StoredLife {
  readonly jobId?: string | null;
  readonly trainingInput?: TrainingInput;
  /** Of a tuning job, those begun so far. */
  readonly trials?: readonly StudyTrial[];
  /** Those of earlier jobs, which its search goes on from. */
  readonly resumed?: readonly StudyTrial[];
}

export interface TrainingWorkshop extends Workshop {
  /** A folder for the metric files of running trials. */
  readonly scratch: string;
}

const REPLICA = 'master 0';

/** A training job runs one container; with hyperparameters to tune, one per trial. */
export function trainingJobKind(workshop: TrainingWorkshop): JobKind<TrainingJob> {
  return {
    collection: 'jobs',
    store: 'ml.jobs',
    work(job, control) {
      const hyperparameters = job.trainingInput?.hyperparameters;
      return hyperparameters ? tune(workshop, job, hyperparameters, control) : train(workshop, job, control);
    },
  };
}

async function train(
  {containers, project, containerEnv}: TrainingWorkshop,
  {jobId, trainingInput = {}}: TrainingJob,
  {signal}: JobControl<TrainingJob>,
): Promise<Status | undefined> {
  const env = {...containerEnv(), CLOUD_ML_JOB_ID: jobId ?? '', CLOUD_ML_PROJECT_ID: project.id};
  const container = containerOf(trainingInput, [], trainingInput.jobDir);
  const timeout = trainingInput.scheduling?.maxRunningTime;
  const replica = {name: REPLICA, container: {...container, env}, timeout, signal};
  const failure = await runReplica(containers, replica);
  return failure && {code: 3, message: `${failure.reason}\n${failure.logTail}`.trimEnd()};
}

function tune(
  workshop: TrainingWorkshop,
  {jobId, trainingInput = {}, trials = [], resumed = []}: TrainingJob,
  hyperparameters: HyperparameterSpec,
  {signal, update}: JobControl<TrainingJob>,
): Promise<Status | undefined> {
  const study = {...studyOf(hyperparameters), resumed};
  const start = (trial: TrialStart) =>
    runReplica(workshop.containers, {
      name: REPLICA,
      container: {
        ...containerOf(trainingInput, trialFlags(trial.trial), trialDirOf(trainingInput, trial)),
        env: trialVariables(workshop, jobId ?? '', study.spec, trial),
        sharedFolder: trial.folder,
      },
      timeout: trainingInput.scheduling?.maxRunningTime,
      signal: trial.signal,
    });
  return runStudy(study, {
    begun: trials,
    scratch: workshop.scratch,
    signal,
    update: (begun) => update({trials: begun}),
    start,
  });
}

/** Each trial has a folder of its own in the job's. */
function trialDirOf({jobDir}: TrainingInput, {trial}: TrialStart): string | undefined {
  return jobDir ? `${jobDir.replace(/\/$/, '')}/${trial.id}` : undefined;
}

/** The job's arguments, then the hyperparameters, then `--job-dir`. */
function containerOf({masterConfig, args}: TrainingInput, flags: string[], jobDir?: string | null) {
  const {imageUri, containerCommand, containerArgs} = masterConfig ?? {};
  return {
    image: imageUri ?? '',
    ...(containerCommand && {command: containerCommand}),
    args: [...(containerArgs ?? args ?? []), ...flags, ...(jobDir ? ['--job-dir', jobDir] : [])],
  };
}

const STATES: Readonly<Record<string, string>> = {
  JOB_STATE_QUEUED: 'QUEUED',
  JOB_STATE_PENDING: 'PREPARING',
  JOB_STATE_RUNNING: 'RUNNING',
  JOB_STATE_CANCELLING: 'CANCELLING',
  JOB_STATE_SUCCEEDED: 'SUCCEEDED',
  JOB_STATE_FAILED: 'FAILED',
  JOB_STATE_CANCELLED: 'CANCELLED',
};

/** A job's state in the service's words. */
export function stateOf({state}: StoredLife): string {
  return STATES[state ?? ''] ?? 'STATE_UNSPECIFIED';
}

/** A job as `jobs.get` answers it. */
export function shownJob(job: TrainingJob): Job {
  const {jobId, labels, trainingInput, createTime, startTime, endTime, error} = job;
  return {
    jobId: jobId ?? '',
    ...(labels && {labels}),
    ...(trainingInput && {trainingInput}),
    trainingOutput: outputOf(job),
    createTime: createTime ?? '',
    ...(startTime && {startTime}),
    ...(endTime && {endTime}),
    state: stateOf(job),
    ...(error?.message && {errorMessage: error.message}),
  };
}

function outputOf({trainingInput, trials = []}: TrainingJob): TrainingOutput {
  const tuned = trainingInput?.hyperparameters;
  if (tuned === undefined) return {};
  const completed = trials.filter(({endTime}) => endTime !== undefined).length;
  return {
    completedTrialCount: String(completed),
    isHyperparameterTuningJob: true,
    hyperparameterMetricTag: metricTagOf(tuned),
    trials: trials.map(shownTrial),
  };
}
