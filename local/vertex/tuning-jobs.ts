import {z} from 'zod';
import type {JobControl, JobKind, Status} from '../jobs/jobs.ts';
import {runReplica} from '../jobs/replica.ts';
import type {Workshop} from '../jobs/workshop.ts';
import {idOf} from '../names.ts';
import {displayName, ignoring, labels} from '../request.ts';
import {runStudy, type StudyTrial, trialFlags, trialVariables} from '../tuning/run-study.ts';
import type {TrialStart} from '../tuning/run-trial.ts';
import type {Trial} from '../tuning/types.ts';
import {outputFolders} from './custom-jobs.ts';
import {customJobSpec, JOB_OUTPUT_FIELDS, replicaOf} from './job-spec.ts';
import {studySpec} from './study-spec.ts';
import type {HyperparameterTuningJob} from './types.ts';

export const newTuningJob: z.ZodType<HyperparameterTuningJob> = ignoring(
  [...JOB_OUTPUT_FIELDS, 'trials'],
  z.strictObject({
    displayName,
    labels: labels.exactOptional(),
    studySpec,
    maxTrialCount: z.int().min(1),
    parallelTrialCount: z.int().min(1),
    maxFailedTrialCount: z.int().min(0).exactOptional(),
    trialJobSpec: customJobSpec,
  }),
);

export interface TrialWorkshop extends Workshop {
  /** A folder for the metric files of running trials. */
  readonly scratch: string;
}

/** A job that runs one container per trial, `parallelTrialCount` at a time. */
export function tuningJobKind(workshop: TrialWorkshop): JobKind<HyperparameterTuningJob> {
  return {
    collection: 'hyperparameterTuningJobs',
    store: 'vertex.hyperparameterTuningJobs',
    work: (job, control) => tune(workshop, job, control),
  };
}

function tune(
  workshop: TrialWorkshop,
  job: HyperparameterTuningJob,
  {signal, update}: JobControl<HyperparameterTuningJob>,
): Promise<Status | undefined> {
  const study = {
    spec: job.studySpec ?? {},
    maxTrials: Number(job.maxTrialCount),
    parallelTrials: Number(job.parallelTrialCount),
    maxFailedTrials: job.maxFailedTrialCount ?? undefined,
  };
  return runStudy(study, {
    begun: job.trials ?? [],
    scratch: workshop.scratch,
    signal,
    update: (trials) => update({trials: trials.map(shownTrial)}),
    start: (start) => startTrial(workshop, job, start),
  });
}

/** Vertex AI does not tell which trials were stopped, nor an infeasible one from one that failed. */
function shownTrial({isStoppedEarly: _stopped, hasFailed: _failed, ...trial}: StudyTrial): Trial {
  return trial;
}

function startTrial(workshop: TrialWorkshop, job: HyperparameterTuningJob, start: TrialStart) {
  const {studySpec: study = {}, trialJobSpec = {}} = job;
  const base = trialJobSpec.baseOutputDirectory?.outputUriPrefix;
  const env = {
    ...trialVariables(workshop, idOf(job.name ?? ''), study, start),
    ...outputFolders(base && `${base.replace(/\/$/, '')}/${start.trial.id}`),
  };
  const replica = replicaOf(trialJobSpec, {args: trialFlags(start.trial), env, sharedFolder: start.folder});
  return runReplica(workshop.containers, {...replica, signal: start.signal});
}
