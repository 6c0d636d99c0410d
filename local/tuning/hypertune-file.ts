/** One report of the metric by a trial. `value` may be NaN or infinite: a trainer reports what it computed. */
export interface Report {
  readonly value: number;
  readonly stepCount: string;
  /** Seconds since 1970, where the report says so. */
  readonly timestamp?: number;
}

/** Which of a trial's reports counts as its final measurement. */
export interface Selection {
  readonly by: 'last' | 'best';
  readonly goal: 'maximize' | 'minimize';
}

/**
 * Reads a metric file as the `cloudml-hypertune` package writes it: one JSON object per line with the metric under its own
 * name, every value as text. Other metrics and lines that are no JSON are left out.
 * Source: https://github.com/GoogleCloudPlatform/cloudml-hypertune/blob/master/hypertune/hypertune.py
 */
export function readReports(text: string, metricId: string): Report[] {
  return text.split('\n').flatMap((line) => {
    const record = parseLine(line);
    if (record[metricId] === undefined) return [];
    const {global_step: step = 0, timestamp} = record;
    const report = {value: Number(record[metricId]), stepCount: String(step)};
    return [typeof timestamp === 'number' ? {...report, timestamp} : report];
  });
}

/** The report that counts, or a sentence why none does. */
export function finalReport(reports: readonly Report[], {by, goal}: Selection): Report | string {
  const last = reports.at(-1);
  if (last === undefined) return 'The trial reported no metric.';
  const finite = reports.filter(({value}) => Number.isFinite(value));
  if (by === 'last' && !Number.isFinite(last.value))
    return 'The trial reported a metric that is not a finite number.';
  const sign = goal === 'maximize' ? 1 : -1;
  const [best] = finite.toSorted((a, b) => sign * (b.value - a.value));
  if (best === undefined) return 'The trial reported no finite metric.';
  return by === 'best' ? best : last;
}

function parseLine(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? {...value} : {};
  } catch {
    return {};
  }
}
