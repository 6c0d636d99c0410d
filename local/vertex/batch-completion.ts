import type {completionEntry, FinalState, LogEntry} from '../jobs/completion-log.ts';
import {idOf, newId, type Project} from '../names.ts';

/** What is logged of the end of a batch prediction. No training job, it is of another resource type than `ml_job`. */
export const batchCompletion: typeof completionEntry = (
  project: Project,
  jobName: string,
  state: FinalState,
): LogEntry => {
  const now = new Date().toISOString();
  return {
    insertId: newId(),
    logName: `projects/${project.id}/logs/aiplatform.googleapis.com%2Fbatch_prediction_job_events`,
    resource: {
      type: 'aiplatform.googleapis.com/BatchPredictionJob',
      labels: {
        resource_container: project.number,
        location: jobName.split('/')[3] ?? '',
        job_id: idOf(jobName),
      },
    },
    severity: state === 'JOB_STATE_FAILED' ? 'ERROR' : 'INFO',
    jsonPayload: {state},
    timestamp: now,
    receiveTimestamp: now,
  };
};
