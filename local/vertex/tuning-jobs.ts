import {z} from 'zod';
import {displayName, ignoring, labels} from '../request.ts';
import {customJobSpec, JOB_OUTPUT_FIELDS} from './job-spec.ts';
import type {JobControl, JobKind} from './jobs.ts';
import {lastLine, type ReplicaFailure} from './replica.ts';
import {suggestTrial} from './search/suggest-trial.ts';
import {studySpec} from './study-spec.ts';
import {inNoOrder, runTrial, type TrialWorkshop} from './trials.ts';
import type {HyperparameterTuningJob, Status, Trial} from './types.ts';

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

/** A job that runs one container per trial, `parallelTrialCount` at a time. */
export function tuningJobKind(workshop: TrialWorkshop): JobKind<HyperparameterTuningJob> {
  return {
    collection: 'hyperparameterTuningJobs',
    work: (job, control) => tune(workshop, job, control),
  };
}

interface FailedTrial {
  readonly id: string;
  readonly failure: ReplicaFailure;
}

/** Trials that succeeded before a restart stay; all others run again, with the parameters they had. */
async function tune(
  workshop: TrialWorkshop,
  job: HyperparameterTuningJob,
  {signal, update}: JobControl<HyperparameterTuningJob>,
): Promise<Status | undefined> {
  const {maxTrialCount, parallelTrialCount, maxFailedTrialCount} = job;
  const trials = new Map<string, Trial>((job.trials ?? []).map((trial) => [trial.id ?? '', keptOf(trial)]));
  const failed: FailedTrial[] = [];
  const enough = new AbortController();
  const stop = AbortSignal.any([signal, enough.signal]);

  const record = (id: string, changes: Trial) => {
    trials.set(id, {...trials.get(id), ...changes});
    update({trials: inNoOrder([...trials.values()])});
  };
  const run = async ({id: next, parameters = []}: Trial) => {
    const id = next ?? '';
    const trial: Trial = {id, parameters, state: 'ACTIVE', startTime: new Date().toISOString()};
    record(id, trial);
    const {result, failure} = await runTrial(workshop, {
      job,
      trial,
      signal: stop,
      trials: () => [...trials.values()],
      onStopping: () => record(id, {state: 'STOPPING'}),
    });
    record(id, result);
    if (failure === undefined || stop.aborted) return;
    failed.push({id, failure});
    if (failed.length === maxFailedTrialCount) enough.abort();
  };

  const ended: Promise<void>[] = [];
  while (ended.length < Number(maxTrialCount)) {
    await ended[ended.length - Number(parallelTrialCount)];
    const next = nextTrial(job, trials, ended.length + 1);
    if (stop.aborted || next === undefined) break;
    ended.push(next.state === 'SUCCEEDED' ? Promise.resolve() : run(next));
  }
  await Promise.all(ended);
  return enough.signal.aborted || failed.length === ended.length ? failureStatus(failed) : undefined;
}

function keptOf(trial: Trial): Trial {
  const {id = '', state, parameters = []} = trial;
  return state === 'SUCCEEDED' ? trial : {id, state: 'REQUESTED', parameters};
}

/**
 * The trial with this number, counted from 1; undefined past the end of a grid. The search knows the outcome of those trials only
 * that must have ended by now, whatever the timing: so the same study leads to the same trials.
 */
function nextTrial(
  {studySpec: study = {}, parallelTrialCount}: HyperparameterTuningJob,
  trials: ReadonlyMap<string, Trial>,
  number: number,
): Trial | undefined {
  const id = String(number);
  const begun = trials.get(id);
  if (begun !== undefined) return begun;
  const earlier = Array.from({length: number - 1}, (_, index): Trial => {
    const trial = trials.get(String(index + 1)) ?? {};
    return index + 1 > number - Number(parallelTrialCount) ? {...trial, state: 'ACTIVE'} : trial;
  });
  const parameters = suggestTrial(study, earlier);
  return parameters && {id, parameters};
}

function failureStatus(failed: readonly FailedTrial[]): Status {
  const last = failed.at(-1);
  const words =
    last && `Trial ${last.id}: ${last.failure.reason} Last log line: ${lastLine(last.failure.logTail)}`;
  return {code: 3, message: `Too many trials failed (${failed.length}). ${words}`};
}
