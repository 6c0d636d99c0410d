import {readFile} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {shouldStop} from './early-stopping.ts';
import {measurementsOf} from './measurements.ts';
import type {StudySpec, Trial} from './types.ts';

const INTERVAL_MS = 100;

export interface WatchedTrial {
  readonly study: StudySpec;
  readonly trial: Trial;
  readonly metricFile: string;
  /** The study's trials as they are at the moment. */
  readonly trials: () => readonly Trial[];
}

/** Reads a running trial's reports again and again; true once the study's rule says that it should stop, false when `over` aborts before. */
export async function isToBeStopped(
  {study, trial, metricFile, trials}: WatchedTrial,
  over: AbortSignal,
): Promise<boolean> {
  while (!over.aborted) {
    // Until its first report a trial has no file.
    const reports = await readFile(metricFile, 'utf8').catch(() => '');
    if (!over.aborted && shouldStop(study, measurementsOf(reports, study, trial), trials())) return true;
    await sleep(INTERVAL_MS, undefined, {signal: over}).catch(() => undefined);
  }
  return false;
}
