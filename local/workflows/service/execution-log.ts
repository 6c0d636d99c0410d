import {randomUUID} from 'node:crypto';
import type {logging_v2} from 'googleapis/build/src/apis/logging/v2.js';
import {toJson} from '../run/json.ts';
import {isMap, type Value} from '../run/value.ts';

export type LogEntry = logging_v2.Schema$LogEntry;

/** What `sys.log` of an execution wrote, as Cloud Logging holds it: a map as JSON, everything else as text. */
export function logEntry(
  execution: string,
  {severity, data}: {readonly severity: string; readonly data: Value},
  now: Date,
): LogEntry {
  const [, project = '', , location = '', , workflow = '', , id = ''] = execution.split('/');
  const text = typeof data === 'string' ? data : toJson(data);
  return {
    insertId: randomUUID(),
    logName: `projects/${project}/logs/Workflows`,
    resource: {type: 'workflows.googleapis.com/Workflow', labels: {location, workflow_id: workflow}},
    labels: {'workflows.googleapis.com/execution_id': id},
    severity,
    timestamp: now.toISOString(),
    ...(isMap(data) ? {jsonPayload: JSON.parse(text)} : {textPayload: text}),
  };
}
