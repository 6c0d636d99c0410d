import type {logging_v2} from 'googleapis/build/src/apis/logging/v2.js';
import {ApiError} from '../api-error.ts';
import {type Comparison, compileFilter, type Test} from '../filter.ts';

/** From least to most severe: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#LogSeverity */
const SEVERITIES = [
  'DEFAULT',
  'DEBUG',
  'INFO',
  'NOTICE',
  'WARNING',
  'ERROR',
  'CRITICAL',
  'ALERT',
  'EMERGENCY',
];

type LogEntry = logging_v2.Schema$LogEntry;

/**
 * Compiles a filter over log entries: `=`, `!=`, `:` (contains) on any field, order on `severity` alone.
 * Text compares without case. A missing field fails every comparison, `!=` included: `NOT field=x` finds its absence.
 * @throws ApiError INVALID_ARGUMENT when the filter says something else.
 */
export function entryFilter(text: string): Test<LogEntry> {
  return compileFilter(text, (comparison) =>
    comparison.field === 'severity' ? severityTest(comparison) : textTest(comparison),
  );
}

function severityTest({operator, value}: Comparison): Test<LogEntry> {
  const wanted = SEVERITIES.indexOf(value.toUpperCase());
  if (wanted < 0) throw new ApiError('INVALID_ARGUMENT', `Unparseable filter: "${value}" is not a severity`);
  const rank = ({severity}: LogEntry) => SEVERITIES.indexOf(severity ?? 'DEFAULT');
  switch (operator) {
    case '<':
      return (entry) => rank(entry) < wanted;
    case '<=':
      return (entry) => rank(entry) <= wanted;
    case '>':
      return (entry) => rank(entry) > wanted;
    case '>=':
      return (entry) => rank(entry) >= wanted;
    case '!=':
      return (entry) => rank(entry) !== wanted;
    case '=':
    case ':':
      return (entry) => rank(entry) === wanted;
  }
}

function textTest({field, operator, value}: Comparison): Test<LogEntry> {
  const path = field.split('.');
  const wanted = value.toLowerCase();
  const onText = (test: Test<string>) => (entry: LogEntry) => {
    const found = valueAt(entry, path);
    return found !== undefined && found !== null && test(String(found).toLowerCase());
  };
  switch (operator) {
    case '=':
      return onText((text) => text === wanted);
    case '!=':
      return onText((text) => text !== wanted);
    case ':':
      return onText((text) => text.includes(wanted));
    default:
      throw new ApiError(
        'INVALID_ARGUMENT',
        `Unparseable filter: ${operator} is offered for severity, not for ${field}`,
      );
  }
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}
