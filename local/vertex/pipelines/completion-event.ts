import type {FinalState, LogEntry} from '../../jobs/completion-log.ts';
import {idOf, newId, type Project} from '../../names.ts';

/** The log entry that says that a pipeline job ended, of the log that Vertex AI keeps of their events. */
export function completionEvent(project: Project, jobName: string, state: FinalState): LogEntry {
  const now = new Date().toISOString();
  return {
    insertId: newId(),
    logName: `projects/${project.id}/logs/aiplatform.googleapis.com%2Fpipeline_job_events`,
    resource: {
      type: 'aiplatform.googleapis.com/PipelineJob',
      labels: {
        resource_container: project.number,
        location: jobName.split('/')[3] ?? '',
        pipeline_job_id: idOf(jobName),
      },
    },
    severity: state === 'JOB_STATE_FAILED' ? 'ERROR' : 'INFO',
    jsonPayload: {pipelineName: idOf(jobName), state: state.replace(/^JOB_/, 'PIPELINE_')},
    timestamp: now,
    receiveTimestamp: now,
  };
}
