import type {google} from '@google-cloud/pubsub/build/protos/protos.js';
import {durationMs} from './duration.ts';

/** Push without a retry policy slows down by itself: https://cloud.google.com/pubsub/docs/push#push_backoff */
const PUSH_MIN_MS = 100;
const PUSH_MAX_MS = 60_000;

/** Where a message goes whose `attempt`-th delivery (from 1) has failed; undefined while it has attempts left. */
export function deadLetterTopic(
  {deadLetterPolicy}: google.pubsub.v1.ISubscription,
  attempt: number,
): string | undefined {
  const isUsedUp = attempt >= (deadLetterPolicy?.maxDeliveryAttempts ?? Number.POSITIVE_INFINITY);
  return isUsedUp ? (deadLetterPolicy?.deadLetterTopic ?? undefined) : undefined;
}

/**
 * How long a message rests after its `attempt`-th delivery (from 1) has failed, in milliseconds.
 * With a retry policy it doubles from minimum to maximum; without one, pull is redelivered at once.
 */
export function backoffMs(subscription: google.pubsub.v1.ISubscription, attempt: number): number {
  const {minMs, maxMs} = limits(subscription);
  return Math.min(maxMs, minMs * 2 ** (attempt - 1));
}

function limits({retryPolicy, pushConfig}: google.pubsub.v1.ISubscription) {
  if (retryPolicy) {
    return {
      minMs: durationMs(retryPolicy.minimumBackoff ?? {}),
      maxMs: durationMs(retryPolicy.maximumBackoff ?? {}),
    };
  }
  return pushConfig?.pushEndpoint ? {minMs: PUSH_MIN_MS, maxMs: PUSH_MAX_MS} : {minMs: 0, maxMs: 0};
}
