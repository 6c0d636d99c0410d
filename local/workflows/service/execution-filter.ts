import {ApiError} from '../../api-error.ts';
import {type Comparison, compileFilter, type Test} from '../../filter.ts';
import type {ExecutionRecord} from './execution-record.ts';

/**
 * Compiles the filter of a list request: `executionId`, `state`, `workflowRevisionId` and `label.key` (or `labels.key`) with `=` and `!=`,
 * `createTime`, `startTime` and `endTime` with every comparison.
 * @throws ApiError INVALID_ARGUMENT for any other filter.
 */
export function executionFilter(text: string): Test<ExecutionRecord> {
  return text.trim() === '' ? () => true : compileFilter(text, testOf);
}

function testOf(comparison: Comparison): Test<ExecutionRecord> {
  const {field, operator, value} = comparison;
  if (field === 'createTime' || field === 'startTime' || field === 'endTime')
    return timeTest(field, comparison);
  const read = reader(field);
  if (read === undefined || (operator !== '=' && operator !== '!=')) throw unsupported(comparison);
  return operator === '=' ? (record) => read(record) === value : (record) => read(record) !== value;
}

function reader(field: string): ((record: ExecutionRecord) => string | undefined) | undefined {
  const label = /^labels?\.(.+)$/.exec(field)?.[1];
  if (label !== undefined) return ({labels}) => labels[label];
  if (field === 'executionId') return ({name}) => name.slice(name.lastIndexOf('/') + 1);
  if (field === 'state' || field === 'workflowRevisionId') return (record) => record[field];
  return undefined;
}

function timeTest(
  field: 'createTime' | 'startTime' | 'endTime',
  comparison: Comparison,
): Test<ExecutionRecord> {
  const wanted = Date.parse(comparison.value);
  if (Number.isNaN(wanted) || comparison.operator === ':') throw unsupported(comparison);
  const compare: Record<Exclude<Comparison['operator'], ':'>, (time: number) => boolean> = {
    '=': (time) => time === wanted,
    '!=': (time) => time !== wanted,
    '<': (time) => time < wanted,
    '<=': (time) => time <= wanted,
    '>': (time) => time > wanted,
    '>=': (time) => time >= wanted,
  };
  const test = compare[comparison.operator];
  return (record) => test(Date.parse(record[field] ?? ''));
}

function unsupported({field, operator, value}: Comparison): ApiError {
  return new ApiError('INVALID_ARGUMENT', `List filter does not support: ${field}${operator}"${value}"`);
}
