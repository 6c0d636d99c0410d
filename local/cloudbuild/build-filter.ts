import {ApiError} from '../api-error.ts';
import {type Comparison, compileFilter, type Test} from '../filter.ts';
import type {Build} from './build.ts';

/**
 * Compiles the filter of a list request: `tags="x"` and `status="SUCCESS"`, with `=` or `!=`.
 * @throws ApiError INVALID_ARGUMENT for any other filter.
 */
export function buildFilter(text: string): Test<Build> {
  return text.trim() === '' ? () => true : compileFilter(text, buildTest);
}

function buildTest({field, operator, value}: Comparison): Test<Build> {
  const has = {
    tags: ({tags}: Build) => tags?.includes(value) ?? false,
    status: ({status}: Build) => status === value,
  };
  if ((field !== 'tags' && field !== 'status') || (operator !== '=' && operator !== '!=')) {
    throw new ApiError('INVALID_ARGUMENT', `List filter does not support: ${field}${operator}"${value}"`);
  }
  const test = has[field];
  return operator === '=' ? test : (build) => !test(build);
}
