import {retryAction} from './retry-action.ts';

/** Tells an execution what to do about a failed attempt: wait and try again, give up, or stop because somebody else looks after it. */
export const claimRetry = retryAction((ask, {retries}) => retries.claim(ask));
