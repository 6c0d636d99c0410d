import type {Work} from '../run/effect.ts';
import {tagged} from '../run/raised.ts';
import {isMap, type Value} from '../run/value.ts';
import {type Polling, poll} from './polling.ts';

/** Waits for the end of an inserted job; the answer is the finished job. @throws Raised OperationError when it failed. */
export function* followBigQueryJob(
  job: Value,
  polling: Polling,
  read: (path: string) => Work<Value>,
): Work<Value> {
  const path = pathOf(job);
  const ended = yield* poll(polling, job, {
    read: () => read(path),
    isDone: (latest) => partAt(latest, 'status', 'state') === 'DONE',
  });
  const error = partAt(ended, 'status', 'errorResult');
  if (error === null) return ended;
  throw tagged('OperationError', 'Execution failed or cancelled.', {operation: ended, error});
}

function pathOf(job: Value): string {
  const part = (key: string) => partAt(job, 'jobReference', key);
  const location = part('location');
  const query = location === null ? '' : `?location=${location}`;
  return `/bigquery/v2/projects/${part('projectId')}/jobs/${part('jobId')}${query}`;
}

function partAt(value: Value, ...path: string[]): Value {
  return path.reduce<Value>((at, key) => (isMap(at) ? (at.get(key) ?? null) : null), value);
}
