import {chmod, mkdtemp, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {ReplicaFailure} from '../jobs/replica.ts';
import {hasStoppingRule} from './early-stopping.ts';
import {finalReport, readReports, type Selection} from './hypertune-file.ts';
import {measurementOf, measurementsOf, metricOf} from './measurements.ts';
import {isToBeStopped} from './trial-watch.ts';
import type {StudySpec, Trial} from './types.ts';

/** How a trial is run; the service that the study is of composes the container. */
export interface TrialStart {
  readonly trial: Trial;
  /** Where the container reports its metric, in the form of `cloudml-hypertune`. */
  readonly metricFile: string;
  /** The folder of the metric file. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

export interface TrialRun {
  readonly study: StudySpec;
  readonly trial: Trial;
  /** A folder for the metric files of running trials. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly start: (start: TrialStart) => Promise<ReplicaFailure | undefined>;
  /** The study's trials as they are at the moment. */
  readonly trials: () => readonly Trial[];
  /** Called when the study's stopping rule ends the trial; its container still runs. */
  readonly onStopping: () => void;
}

export interface TrialOutcome {
  /** The fields that end the trial. */
  readonly result: Trial;
  readonly isStopped: boolean;
  /** Set when the container failed; a trial that merely measured nothing is infeasible, not failed. */
  readonly failure?: ReplicaFailure;
}

/** Runs one trial's container and reads what it measured. A trial that its study's rule stopped has measured what it reported until then. */
export async function runTrial(run: TrialRun): Promise<TrialOutcome> {
  const {study, trial} = run;
  const folder = await mkdtemp(join(run.scratch, 'trial-'));
  await chmod(folder, 0o777);
  const metricFile = join(folder, 'output.metrics');
  const {failure, isStopped} = await runWatched(run, folder, metricFile);
  const reports = await readFile(metricFile, 'utf8').catch(() => '');
  await rm(folder, {recursive: true, force: true});
  const endTime = new Date().toISOString();
  if (failure === undefined || isStopped)
    return {result: {...measured(reports, study, trial), endTime}, isStopped};
  const infeasibleReason = `${failure.reason}\n${failure.logTail}`.trimEnd();
  return {result: {state: 'INFEASIBLE', infeasibleReason, endTime}, isStopped, failure};
}

/** Ends the replica early when the study has a stopping rule and that says so. */
async function runWatched(
  {study, trial, signal, start, trials, onStopping}: TrialRun,
  folder: string,
  metricFile: string,
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
  const failure = await start({
    trial,
    metricFile,
    folder,
    signal: AbortSignal.any([signal, rule.signal]),
  });
  over.abort();
  await watching;
  return {failure, isStopped: rule.signal.aborted && !signal.aborted};
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
