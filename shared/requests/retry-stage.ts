import {retryTopicOf} from '../domain/retry.ts';
import {retryAction} from './retry-action.ts';

/**
 * Has the stage look at the run again, by the message it listens to. The pause is ended first: a failure that follows at once
 * counts as a new attempt, and a crash between the two is mended by the execution's asking again.
 */
export const retryStage = retryAction(async (ask, {retries, messages}) => {
  const topic = retryTopicOf(ask.stage);
  if (topic === undefined || !(await retries.release(ask))) return {decision: 'stop'};
  await messages.publish(topic, {runId: ask.runId});
  return {decision: 'retried'};
});
