import type {LoggerOptions} from 'pino';

/** Google Cloud Logging's severities, by pino's level names. */
const SEVERITIES: Readonly<Record<string, string>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/** One JSON line per record, in the field names that Cloud Logging reads. */
export function loggerOptions(level: string): LoggerOptions {
  return {
    level,
    messageKey: 'message',
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: {level: (label) => ({severity: SEVERITIES[label] ?? 'DEFAULT'})},
  };
}
