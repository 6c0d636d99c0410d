import {type Report, readReports} from './hypertune-file.ts';
import type {Measurement, StudySpec, Trial} from './types.ts';

/** What a running trial has reported so far, as its resource says it; JSON has no place for what is not finite. */
export function measurementsOf(reports: string, study: StudySpec, trial: Trial): Measurement[] {
  const metricId = metricOf(study);
  return readReports(reports, metricId)
    .filter(({value}) => Number.isFinite(value))
    .map((report) => measurementOf(report, metricId, trial));
}

export function measurementOf(
  {value, stepCount, timestamp}: Report,
  metricId: string,
  {startTime}: Trial,
): Measurement {
  const elapsed = Number(timestamp) - Date.parse(startTime ?? '') / 1000;
  return {
    stepCount,
    ...(Number.isFinite(elapsed) && {elapsedDuration: `${Math.max(elapsed, 0).toFixed(3)}s`}),
    metrics: [{metricId, value}],
  };
}

/** The one metric of a study. */
export function metricOf(study: StudySpec | undefined): string {
  return study?.metrics?.[0]?.metricId ?? '';
}
