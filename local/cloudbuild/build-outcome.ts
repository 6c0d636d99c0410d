import type {Build} from './build.ts';
import {BuildFailure} from './build-failure.ts';

/** What the end of a build changes in it. */
export type Outcome = Pick<Build, 'status' | 'statusDetail' | 'failureInfo' | 'results'>;

/** The outcome of a build whose work threw `error`, after its time was up or before. */
export function failedOutcome(error: unknown, isTimeUp: boolean): Outcome {
  if (isTimeUp) return {status: 'TIMEOUT', statusDetail: 'build timed out'};
  if (error instanceof BuildFailure) {
    const {type, message} = error;
    return {status: 'FAILURE', statusDetail: message, failureInfo: {type, detail: message}};
  }
  return {status: 'INTERNAL_ERROR', statusDetail: String(error)};
}
