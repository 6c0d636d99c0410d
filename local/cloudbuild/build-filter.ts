import {type Comparison, compileFilter, type Test, timeTest, unsupported} from '../filter.ts';
import type {Build} from './build.ts';

/**
 * Compiles the filter of a list request: `tags="x"` and `status="SUCCESS"` with `=` or `!=`, `create_time` with any comparison.
 * @throws ApiError INVALID_ARGUMENT for any other filter.
 */
export function buildFilter(text: string): Test<Build> {
  return text.trim() === '' ? () => true : compileFilter(text, buildTest);
}

function buildTest(comparison: Comparison): Test<Build> {
  const {field, operator, value} = comparison;
  if (field === 'create_time') return timeTest(comparison, ({createTime}) => createTime);
  const has = {
    tags: ({tags}: Build) => tags?.includes(value) ?? false,
    status: ({status}: Build) => status === value,
  };
  if ((field !== 'tags' && field !== 'status') || (operator !== '=' && operator !== '!=')) {
    throw unsupported(comparison);
  }
  const test = has[field];
  return operator === '=' ? test : (build) => !test(build);
}
