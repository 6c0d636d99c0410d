import type {google} from '@google-cloud/pubsub/build/protos/protos.js';
import {ApiError} from '../api-error.ts';
import type {Delivery} from './backlog.ts';
import {pubsubMessage} from './message.ts';
import type {Consumer, Subscription} from './subscription.ts';

/** A pull that finds nothing waits a bounded time, then answers with no messages; the service does not say how long. */
const WAIT_MS = 10_000;

export interface PullOptions {
  readonly maxMessages: number;
  readonly returnImmediately: boolean;
  /** The caller has hung up: nothing more is leased to it. */
  readonly hungUp: AbortSignal;
}

/** Leases what is ready, or waits for the first message. */
export function pull(
  subscription: Subscription,
  {maxMessages, returnImmediately, hungUp}: PullOptions,
): Promise<readonly Delivery[]> {
  const {promise, resolve, reject} = Promise.withResolvers<readonly Delivery[]>();
  const finish = (deliveries: readonly Delivery[]) => {
    subscription.leave(consumer);
    resolve(deliveries);
  };
  const consumer: Consumer = {
    capacity: () => maxMessages,
    deliver: finish,
    settled: () => {},
    ended: reject,
  };
  const giveUp = () => finish([]);
  const timer = setTimeout(giveUp, WAIT_MS);
  timer.unref();
  hungUp.addEventListener('abort', giveUp, {once: true});
  subscription.join(consumer);
  if (returnImmediately) giveUp();
  return promise.finally(() => {
    clearTimeout(timer);
    hungUp.removeEventListener('abort', giveUp);
  });
}

/** A delivery as pulling clients receive it. The attempt is only told where a dead-letter policy counts it. */
export function receivedMessage(
  {resource}: Subscription,
  {ackId, message, attempt}: Delivery,
): google.pubsub.v1.IReceivedMessage {
  return {
    ackId,
    message: pubsubMessage(message),
    ...(resource.deadLetterPolicy && {deliveryAttempt: attempt}),
  };
}

/** @throws ApiError FAILED_PRECONDITION when the subscription pushes its messages. */
export function checkPullable({isPushed}: Subscription): void {
  if (!isPushed) return;
  throw new ApiError('FAILED_PRECONDITION', 'This method is not supported for this subscription type.');
}
