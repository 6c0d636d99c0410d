import {chmod, mkdtemp, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {outputFolders, type Workshop} from './custom-jobs.ts';
import {finalReport, readReports, type Selection} from './hypertune-file.ts';
import {idOf} from './names.ts';
import {type ReplicaFailure, runReplica} from './replica.ts';
import type {HyperparameterTuningJob, StudySpec, Trial} from './types.ts';

export interface TrialOutcome {
  /** The fields that end the trial. */
  readonly result: Trial;
  /** Set when the container failed; a trial that merely measured nothing is infeasible, not failed. */
  readonly failure?: ReplicaFailure;
}

export interface TrialRun {
  readonly job: HyperparameterTuningJob;
  readonly trial: Trial;
  readonly signal: AbortSignal;
}

export interface TrialWorkshop extends Workshop {
  /** A folder for the metric files of running trials. */
  readonly scratch: string;
}

/** Runs one trial's container and reads what it measured. */
export async function runTrial(
  workshop: TrialWorkshop,
  {job, trial, signal}: TrialRun,
): Promise<TrialOutcome> {
  const folder = await mkdtemp(join(workshop.scratch, 'trial-'));
  await chmod(folder, 0o777);
  const metricFile = join(folder, 'output.metrics');
  const {studySpec = {}, trialJobSpec = {}} = job;
  const failure = await runReplica(workshop.containers, {
    spec: trialJobSpec,
    args: (trial.parameters ?? []).map(({parameterId, value}) => `--${parameterId}=${value}`),
    env: trialEnvironment(workshop, {job, trial, metricFile}),
    sharedFolder: folder,
    signal,
  });
  const reports = await readFile(metricFile, 'utf8').catch(() => '');
  await rm(folder, {recursive: true, force: true});
  const endTime = new Date().toISOString();
  if (failure === undefined) return {result: {...measured(reports, studySpec), endTime}};
  const infeasibleReason = `${failure.reason}\n${failure.logTail}`.trimEnd();
  return {result: {state: 'INFEASIBLE', infeasibleReason, endTime}, failure};
}

/**
 * The order trials are listed in, by multiples of the golden ratio: 5, 2, 4, 1, 6, 3. The service promises no order,
 * and who relies on one shall learn it here.
 */
export function inNoOrder(trials: readonly Trial[]): Trial[] {
  const rank = ({id}: Trial) => (Number(id) * 0.618034) % 1;
  return trials.toSorted((a, b) => rank(a) - rank(b));
}

function trialEnvironment(
  {project, containerEnv}: TrialWorkshop,
  {job, trial, metricFile}: {job: HyperparameterTuningJob; trial: Trial; metricFile: string},
): Readonly<Record<string, string>> {
  const base = job.trialJobSpec?.baseOutputDirectory?.outputUriPrefix;
  return {
    ...containerEnv(),
    CLOUD_ML_JOB_ID: idOf(job.name ?? ''),
    CLOUD_ML_PROJECT_ID: project.id,
    CLOUD_ML_TRIAL_ID: trial.id ?? '',
    CLOUD_ML_HP_METRIC_FILE: metricFile,
    CLOUD_ML_HP_METRIC_TAG: metricOf(job.studySpec),
    ...outputFolders(base && `${base.replace(/\/$/, '')}/${trial.id}`),
  };
}

function measured(reports: string, study: StudySpec): Trial {
  const metricId = metricOf(study);
  const final = finalReport(readReports(reports, metricId), selectionOf(study));
  if (typeof final === 'string') return {state: 'INFEASIBLE', infeasibleReason: final};
  const {value, stepCount} = final;
  return {state: 'SUCCEEDED', finalMeasurement: {stepCount, metrics: [{metricId, value}]}};
}

function metricOf(study: StudySpec | undefined): string {
  return study?.metrics?.[0]?.metricId ?? '';
}

function selectionOf({measurementSelectionType, metrics}: StudySpec): Selection {
  return {
    by: measurementSelectionType === 'BEST_MEASUREMENT' ? 'best' : 'last',
    goal: metrics?.[0]?.goal === 'MINIMIZE' ? 'minimize' : 'maximize',
  };
}
