import {z} from 'zod';
import {displayName, ignoring, labels} from '../request.ts';
import {customJobSpec, JOB_OUTPUT_FIELDS} from './job-spec.ts';
import type {JobControl, JobKind} from './jobs.ts';
import {lastLine, type ReplicaFailure} from './replica.ts';
import {suggestTrials} from './sampler.ts';
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

/** Trials that succeeded before a restart stay; all others run again. */
async function tune(
  workshop: TrialWorkshop,
  job: HyperparameterTuningJob,
  {signal, update}: JobControl<HyperparameterTuningJob>,
): Promise<Status | undefined> {
  const suggested = suggestTrials(job.studySpec ?? {}, job.maxTrialCount ?? 0);
  const kept = (job.trials ?? []).filter(({state}) => state === 'SUCCEEDED');
  const trials = new Map<string, Trial>(kept.map((trial) => [trial.id ?? '', trial]));
  const waiting = suggested
    .map((parameters, index): Trial => ({id: String(index + 1), parameters}))
    .filter(({id}) => !trials.has(id ?? ''));
  const failed: FailedTrial[] = [];
  const enough = new AbortController();
  const stop = AbortSignal.any([signal, enough.signal]);

  const record = (id: string, changes: Trial) => {
    trials.set(id, {...trials.get(id), ...changes});
    update({trials: inNoOrder([...trials.values()])});
  };
  const runOne = async (trial: Trial) => {
    const id = trial.id ?? '';
    record(id, {...trial, state: 'ACTIVE', startTime: new Date().toISOString()});
    const {result, failure} = await runTrial(workshop, {job, trial, signal: stop});
    record(id, result);
    if (failure === undefined || stop.aborted) return;
    failed.push({id, failure});
    if (isTooMany(failed.length, job, suggested.length)) enough.abort();
  };
  const queue = waiting.values();
  const takeTurns = async () => {
    for (const trial of queue) {
      if (!stop.aborted) await runOne(trial);
    }
  };

  await Promise.all(Array.from({length: job.parallelTrialCount ?? 1}, takeTurns));
  return enough.signal.aborted ? failureStatus(failed) : undefined;
}

/** `maxFailedTrialCount` failures fail the job; where it is 0, only the failure of every trial does. */
function isTooMany(
  failures: number,
  {maxFailedTrialCount}: HyperparameterTuningJob,
  trials: number,
): boolean {
  return failures >= (maxFailedTrialCount || trials);
}

function failureStatus(failed: readonly FailedTrial[]): Status {
  const last = failed.at(-1);
  const words =
    last && `Trial ${last.id}: ${last.failure.reason} Last log line: ${lastLine(last.failure.logTail)}`;
  return {code: 3, message: `Too many trials failed (${failed.length}). ${words}`};
}
