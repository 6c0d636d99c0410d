import type {logging_v2} from 'googleapis/build/src/apis/logging/v2.js';
import {idOf, newId, type Project} from '../names.ts';

export type LogEntry = logging_v2.Schema$LogEntry;

/** How a job can end, with the words of the last line the service logs about it. */
const LAST_WORDS = {
  JOB_STATE_SUCCEEDED: {severity: 'INFO', textPayload: 'Job completed successfully.'},
  JOB_STATE_FAILED: {severity: 'ERROR', textPayload: 'Job failed.'},
  JOB_STATE_CANCELLED: {severity: 'INFO', textPayload: 'Job cancelled.'},
} as const;

export type FinalState = keyof typeof LAST_WORDS;

export function isFinalState(state: string | null | undefined): state is FinalState {
  return typeof state === 'string' && Object.hasOwn(LAST_WORDS, state);
}

/** The log entry that says that a job ended; log sinks turn it into a message. */
export function completionEntry(project: Project, jobName: string, state: FinalState): LogEntry {
  const jobId = idOf(jobName);
  const now = new Date().toISOString();
  return {
    insertId: newId(),
    logName: `projects/${project.id}/logs/ml.googleapis.com%2F${jobId}`,
    resource: {
      type: 'ml_job',
      labels: {project_id: project.id, job_id: jobId, task_name: 'service'},
    },
    ...LAST_WORDS[state],
    timestamp: now,
    receiveTimestamp: now,
  };
}
