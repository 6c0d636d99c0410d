import type {LoggerOptions} from 'pino';
import {traceIdOf} from './domain/ids.ts';
import {hideSecrets} from './domain/secrets.ts';

/** Google Cloud Logging's severities, by pino's level names. */
const SEVERITIES: Readonly<Record<string, string>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/** One JSON line per record, in the field names that Cloud Logging reads, without any secret: whatever text it came in. */
export function loggerOptions(level: string): LoggerOptions {
  return {
    level,
    messageKey: 'message',
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    hooks: {streamWrite: hideSecrets},
    formatters: {level: (label) => ({severity: SEVERITIES[label] ?? 'DEFAULT'})},
  };
}

/**
 * What a record tells of the run it is about. One trace for all of a run, so that Cloud Logging shows its stages as one story:
 * https://cloud.google.com/logging/docs/structured-logging#special-payload-fields
 */
export function runFields(runId: string | undefined, project: string): Record<string, string> {
  if (runId === undefined) return {};
  return {runId, 'logging.googleapis.com/trace': `projects/${project}/traces/${traceIdOf(runId)}`};
}
