import {chmod, mkdtemp, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {outputFolders, type Workshop} from './custom-jobs.ts';
import {hasStoppingRule} from './early-stopping.ts';
import {finalReport, readReports, type Selection} from './hypertune-file.ts';
import {measurementOf, measurementsOf, metricOf} from './measurements.ts';
import {idOf} from './names.ts';
import {type ReplicaFailure, runReplica} from './replica.ts';
import {isToBeStopped} from './trial-watch.ts';
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
  /** The study's trials as they are at the moment. */
  readonly trials: () => readonly Trial[];
  /** Called when the study's stopping rule ends the trial; its container still runs. */
  readonly onStopping: () => void;
}

export interface TrialWorkshop extends Workshop {
  /** A folder for the metric files of running trials. */
  readonly scratch: string;
}

/** Runs one trial's container and reads what it measured. A trial that its study's rule stopped has measured what it reported until then. */
export async function runTrial(workshop: TrialWorkshop, run: TrialRun): Promise<TrialOutcome> {
  const {job, trial} = run;
  const folder = await mkdtemp(join(workshop.scratch, 'trial-'));
  await chmod(folder, 0o777);
  const metricFile = join(folder, 'output.metrics');
  const {studySpec = {}, trialJobSpec = {}} = job;
  const {failure, isStopped} = await runWatched(run, metricFile, (signal) =>
    runReplica(workshop.containers, {
      spec: trialJobSpec,
      args: (trial.parameters ?? []).map(({parameterId, value}) => `--${parameterId}=${value}`),
      env: trialEnvironment(workshop, {job, trial, metricFile}),
      sharedFolder: folder,
      signal,
    }),
  );
  const reports = await readFile(metricFile, 'utf8').catch(() => '');
  await rm(folder, {recursive: true, force: true});
  const endTime = new Date().toISOString();
  if (failure === undefined || isStopped) return {result: {...measured(reports, studySpec, trial), endTime}};
  const infeasibleReason = `${failure.reason}\n${failure.logTail}`.trimEnd();
  return {result: {state: 'INFEASIBLE', infeasibleReason, endTime}, failure};
}

/** Ends the replica early when the study has a stopping rule and that says so. */
async function runWatched(
  {job: {studySpec: study = {}}, trial, signal, trials, onStopping}: TrialRun,
  metricFile: string,
  start: (signal: AbortSignal) => Promise<ReplicaFailure | undefined>,
): Promise<{failure: ReplicaFailure | undefined; isStopped: boolean}> {
  const over = new AbortController();
  const rule = new AbortController();
  const watching = hasStoppingRule(study)
    ? isToBeStopped({study, trial, metricFile, trials}, over.signal).then((isHopeless) => {
        if (!isHopeless) return;
        onStopping();
        rule.abort();
      })
    : undefined;
  const failure = await start(AbortSignal.any([signal, rule.signal]));
  over.abort();
  await watching;
  return {failure, isStopped: rule.signal.aborted && !signal.aborted};
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

function measured(reports: string, study: StudySpec, trial: Trial): Trial {
  const metricId = metricOf(study);
  const final = finalReport(readReports(reports, metricId), selectionOf(study));
  if (typeof final === 'string') return {state: 'INFEASIBLE', infeasibleReason: final};
  return {
    state: 'SUCCEEDED',
    finalMeasurement: measurementOf(final, metricId, trial),
    measurements: measurementsOf(reports, study, trial),
  };
}

function selectionOf({measurementSelectionType, metrics}: StudySpec): Selection {
  return {
    by: measurementSelectionType === 'BEST_MEASUREMENT' ? 'best' : 'last',
    goal: metrics?.[0]?.goal === 'MINIMIZE' ? 'minimize' : 'maximize',
  };
}
