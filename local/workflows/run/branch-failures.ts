import {contextOf, stackOf} from './error-report.ts';
import {toJson} from './json.ts';
import {type Raised, tagged} from './raised.ts';
import {mapOf, type Value} from './value.ts';

export interface BranchFailure {
  /** The position of the branch or iteration. */
  readonly at: number;
  readonly error: Raised;
}

const MAX_COLLECTED = 100;

/** The error that a parallel step raises after branches of it have failed. */
export function unhandledBranches(failures: readonly BranchFailure[]): Value {
  const collected = [...failures].sort((a, b) => a.at - b.at).slice(0, MAX_COLLECTED);
  return tagged(
    'UnhandledBranchError',
    'UnhandledBranchError: One or more branches or iterations encountered an unhandled runtime error',
    {
      branches: collected.map(({at, error}) =>
        mapOf({
          id: String(at + 1),
          error: mapOf({
            payload: toJson(error.value),
            context: contextOf(error.value, error.trace),
            stackTrace: stackOf(error.trace),
          }),
        }),
      ),
      truncated: failures.length > MAX_COLLECTED,
    },
  ).value;
}
