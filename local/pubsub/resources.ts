import type {google} from '@google-cloud/pubsub/build/protos/protos.js';
import {ApiError} from '../api-error.ts';
import {durationMs, seconds} from './duration.ts';
import {checkName} from './names.ts';

type Topic = google.pubsub.v1.ITopic;
type Subscription = google.pubsub.v1.ISubscription;

const ACK_DEADLINE_SECONDS = {min: 10, max: 600, fallback: 10};
const DELIVERY_ATTEMPTS = {min: 5, max: 100, fallback: 5};
const BACKOFF_SECONDS = {min: 0, max: 600};
const RETENTION_SECONDS = {min: 10 * 60, max: 31 * 24 * 60 * 60, fallback: 7 * 24 * 60 * 60};

const TOPIC_FIELDS: ReadonlySet<string> = new Set<keyof Topic>([
  'name',
  'labels',
  'messageRetentionDuration',
  'messageStoragePolicy',
]);
const SUBSCRIPTION_FIELDS: ReadonlySet<string> = new Set<keyof Subscription>([
  'name',
  'topic',
  'pushConfig',
  'ackDeadlineSeconds',
  'retainAckedMessages',
  'messageRetentionDuration',
  'labels',
  'enableMessageOrdering',
  'expirationPolicy',
  'deadLetterPolicy',
  'retryPolicy',
]);
const IMMUTABLE_FIELDS: ReadonlySet<string> = new Set<keyof Subscription>([
  'name',
  'topic',
  'enableMessageOrdering',
]);

/**
 * Checks a topic as a caller sends it.
 * @throws ApiError INVALID_ARGUMENT for a wrong name, UNIMPLEMENTED for a feature this stand-in lacks, such as schemas.
 */
export function checkTopic(topic: Topic): Topic {
  refuseUnknown(topic, TOPIC_FIELDS);
  return {...topic, name: checkName('topics', topic.name)};
}

/**
 * Checks a subscription as a caller sends it and fills in what the service defaults.
 * @throws ApiError INVALID_ARGUMENT for a value out of bounds, UNIMPLEMENTED for a feature this stand-in lacks, such as filters.
 */
export function checkSubscription(subscription: Subscription): Subscription {
  refuseUnknown(subscription, SUBSCRIPTION_FIELDS);
  if (subscription.pushConfig?.noWrapper) throw unimplemented('pushConfig.noWrapper');
  return {
    ...subscription,
    name: checkName('subscriptions', subscription.name),
    pushConfig: checkPushConfig(subscription.pushConfig),
    ackDeadlineSeconds: within('ack_deadline_seconds', subscription.ackDeadlineSeconds, ACK_DEADLINE_SECONDS),
    messageRetentionDuration: durationWithin(
      'message_retention_duration',
      subscription.messageRetentionDuration,
      RETENTION_SECONDS,
    ),
    ...(subscription.retryPolicy && {retryPolicy: checkRetryPolicy(subscription.retryPolicy)}),
    ...(subscription.deadLetterPolicy && {
      deadLetterPolicy: checkDeadLetterPolicy(subscription.deadLetterPolicy),
    }),
  };
}

/**
 * The resource with the fields of an update mask taken from `wanted`; a masked field that `wanted` lacks is cleared.
 * Only top-level fields can be named.
 * @throws ApiError INVALID_ARGUMENT when the mask is empty or names a field that cannot change.
 */
export function masked<T extends object>(
  current: T,
  wanted: T,
  mask: google.protobuf.IFieldMask | null | undefined,
): T {
  const fields = (mask?.paths ?? []).map(camelCase);
  if (fields.length === 0) throw invalid('The update_mask in the request must be set and not empty.');
  const fixed = fields.find((field) => IMMUTABLE_FIELDS.has(field) || field.includes('.'));
  if (fixed !== undefined) {
    throw invalid(`Invalid update_mask provided in the request: the ${fixed} field is not mutable.`);
  }
  const isMasked = ([field]: [string, unknown]) => fields.includes(field);
  return Object.fromEntries([
    ...Object.entries(current).filter((entry) => !isMasked(entry)),
    ...Object.entries(wanted).filter(isMasked),
  ]) as T;
}

/** Masks come in the spelling of the protocol buffer over gRPC and in that of JSON over REST. */
function camelCase(path: string): string {
  return path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function checkPushConfig(
  pushConfig: google.pubsub.v1.IPushConfig | null | undefined,
): google.pubsub.v1.IPushConfig {
  const endpoint = pushConfig?.pushEndpoint;
  if (endpoint && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw invalid(`Invalid push endpoint given (endpoint=${endpoint}).`);
  }
  return pushConfig ?? {};
}

function checkRetryPolicy(policy: google.pubsub.v1.IRetryPolicy): google.pubsub.v1.IRetryPolicy {
  const minimumBackoff = durationWithin('minimum_backoff', policy.minimumBackoff, {
    ...BACKOFF_SECONDS,
    fallback: 10,
  });
  const maximumBackoff = durationWithin('maximum_backoff', policy.maximumBackoff, {
    ...BACKOFF_SECONDS,
    fallback: 600,
  });
  if (durationMs(minimumBackoff) > durationMs(maximumBackoff)) {
    throw invalid('minimum_backoff must not be greater than maximum_backoff.');
  }
  return {minimumBackoff, maximumBackoff};
}

function checkDeadLetterPolicy({
  deadLetterTopic,
  maxDeliveryAttempts,
}: google.pubsub.v1.IDeadLetterPolicy): google.pubsub.v1.IDeadLetterPolicy {
  return {
    deadLetterTopic: checkName('topics', deadLetterTopic),
    maxDeliveryAttempts: within('max_delivery_attempts', maxDeliveryAttempts, DELIVERY_ATTEMPTS),
  };
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  /** What an absent value becomes; the wire cannot tell an absent number from 0. */
  readonly fallback: number;
}

function within(field: string, value: number | null | undefined, bounds: Bounds): number {
  const set = value || bounds.fallback;
  if (set >= bounds.min && set <= bounds.max) return set;
  throw invalid(
    `The value for ${field} is out of bounds. You passed ${set} in the request, but the value must be between ${bounds.min} and ${bounds.max}.`,
  );
}

function durationWithin(
  field: string,
  value: google.protobuf.IDuration | null | undefined,
  {min, max, fallback}: Bounds,
): google.protobuf.IDuration {
  if (!value) return seconds(fallback);
  const ms = durationMs(value);
  if (ms >= min * 1000 && ms <= max * 1000) return value;
  throw invalid(
    `The value for ${field} is out of bounds. You passed ${ms / 1000}s in the request, but the value must be between ${min}s and ${max}s.`,
  );
}

function refuseUnknown(resource: object, known: ReadonlySet<string>): void {
  const unknown = Object.entries(resource).find(([field, value]) => !known.has(field) && isSet(value));
  if (unknown) throw unimplemented(unknown[0]);
}

/** A client may send fields at their empty value; those ask for nothing. */
function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function invalid(message: string): ApiError {
  return new ApiError('INVALID_ARGUMENT', message);
}

function unimplemented(field: string): ApiError {
  return new ApiError('UNIMPLEMENTED', `The local Pub/Sub has no ${field}.`);
}
