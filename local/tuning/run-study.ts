import type {Status} from '../jobs/jobs.ts';
import {lastLine, type ReplicaFailure} from '../jobs/replica.ts';
import type {Workshop} from '../jobs/workshop.ts';
import {metricOf} from './measurements.ts';
import {runTrial, type TrialRun, type TrialStart} from './run-trial.ts';
import {suggestTrial} from './search/suggest-trial.ts';
import type {StudySpec, Trial} from './types.ts';

export interface Study {
  readonly spec: StudySpec;
  readonly maxTrials: number;
  readonly parallelTrials: number;
  /** So many failed trials fail the study; 0 or absent when only all of them do. */
  readonly maxFailedTrials: number | undefined;
  /** Ended trials of earlier studies that the search goes on from; they count for nothing else. */
  readonly resumed?: readonly Trial[];
}

/** A trial as it is kept. */
export interface StudyTrial extends Trial {
  /** The study's stopping rule ended it. */
  readonly isStoppedEarly?: boolean;
  /** Its container did not end well. */
  readonly hasFailed?: boolean;
}

export interface StudyRun extends Pick<TrialRun, 'scratch' | 'signal' | 'start'> {
  /** Those of a study that was broken off; those that succeeded stay, all others run again, with the parameters they had. */
  readonly begun: readonly StudyTrial[];
  /** Called at every change, with all trials in no order. */
  readonly update: (trials: readonly StudyTrial[]) => void;
}

interface FailedTrial {
  readonly id: string;
  readonly failure: ReplicaFailure;
}

/** Runs one container per trial, so many at a time. @returns the error that fails the study, or nothing when all went well */
export async function runStudy(study: Study, run: StudyRun): Promise<Status | undefined> {
  const {maxTrials, parallelTrials, maxFailedTrials} = study;
  const trials = new Map(run.begun.map((trial) => [trial.id ?? '', keptOf(trial)]));
  const failed: FailedTrial[] = [];
  const enough = new AbortController();
  const stop = AbortSignal.any([run.signal, enough.signal]);

  const record = (id: string, changes: StudyTrial) => {
    trials.set(id, {...trials.get(id), ...changes});
    run.update(inNoOrder([...trials.values()]));
  };
  const runOne = async ({id: next, parameters = []}: Trial) => {
    const id = next ?? '';
    const trial: Trial = {id, parameters, state: 'ACTIVE', startTime: new Date().toISOString()};
    record(id, trial);
    const {result, isStopped, failure} = await runTrial({
      study: study.spec,
      trial,
      scratch: run.scratch,
      signal: stop,
      start: run.start,
      trials: () => [...trials.values()],
      onStopping: () => record(id, {state: 'STOPPING'}),
    });
    record(id, {...result, ...(isStopped && {isStoppedEarly: true}), ...(failure && {hasFailed: true})});
    if (failure === undefined || stop.aborted) return;
    failed.push({id, failure});
    if (failed.length === maxFailedTrials) enough.abort();
  };

  const ended: Promise<void>[] = [];
  while (ended.length < maxTrials) {
    await ended[ended.length - parallelTrials];
    const next = nextTrial(study, trials, ended.length + 1);
    if (stop.aborted || next === undefined) break;
    ended.push(next.state === 'SUCCEEDED' ? Promise.resolve() : runOne(next));
  }
  await Promise.all(ended);
  return enough.signal.aborted || failed.length === ended.length ? failureStatus(failed) : undefined;
}

/** What the container of a trial finds in its environment, whichever service runs it. */
export function trialVariables(
  {containerEnv, project}: Workshop,
  jobId: string,
  study: StudySpec,
  {trial, metricFile}: TrialStart,
): Readonly<Record<string, string>> {
  return {
    ...containerEnv(),
    CLOUD_ML_JOB_ID: jobId,
    CLOUD_ML_PROJECT_ID: project.id,
    CLOUD_ML_TRIAL_ID: trial.id ?? '',
    CLOUD_ML_HP_METRIC_FILE: metricFile,
    CLOUD_ML_HP_METRIC_TAG: metricOf(study),
  };
}

/** A trial's parameters as the flags of its container. */
export function trialFlags({parameters}: Trial): string[] {
  return (parameters ?? []).map(({parameterId, value}) => `--${parameterId}=${value}`);
}

function keptOf(trial: StudyTrial): StudyTrial {
  const {id = '', state, parameters = []} = trial;
  return state === 'SUCCEEDED' ? trial : {id, state: 'REQUESTED', parameters};
}

/**
 * The order trials are listed in, by multiples of the golden ratio: 5, 2, 4, 1, 6, 3. The services promise no order,
 * and who relies on one shall learn it here.
 */
function inNoOrder(trials: readonly StudyTrial[]): StudyTrial[] {
  const rank = ({id}: Trial) => (Number(id) * 0.618034) % 1;
  return trials.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * The trial with this number, counted from 1; undefined past the end of a grid. The search knows the outcome of those trials only
 * that must have ended by now, whatever the timing: so the same study leads to the same trials.
 */
function nextTrial(
  {spec, parallelTrials, resumed = []}: Study,
  trials: ReadonlyMap<string, Trial>,
  number: number,
): Trial | undefined {
  const id = String(number);
  const begun = trials.get(id);
  if (begun !== undefined) return begun;
  const earlier = Array.from({length: number - 1}, (_, index): Trial => {
    const trial = trials.get(String(index + 1)) ?? {};
    return index + 1 > number - parallelTrials ? {...trial, state: 'ACTIVE'} : trial;
  });
  const parameters = suggestTrial(spec, [...resumed, ...earlier]);
  return parameters && {id, parameters};
}

function failureStatus(failed: readonly FailedTrial[]): Status {
  const last = failed.at(-1);
  const words =
    last && `Trial ${last.id}: ${last.failure.reason} Last log line: ${lastLine(last.failure.logTail)}`;
  return {code: 3, message: `Too many trials failed (${failed.length}). ${words}`};
}
