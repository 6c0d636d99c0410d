import type {google} from '@google-cloud/pubsub/build/protos/protos.js';
import {ApiError} from '../api-error.ts';

/** A published message as the broker keeps it: plain JSON, `data` in base64. */
export interface Message {
  readonly id: string;
  readonly publishedMs: number;
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

/** Limits of one publish request: https://cloud.google.com/pubsub/quotas#resource_limits */
export const MAX_REQUEST_BYTES = 10 * 1024 * 1024;
const MAX_REQUEST_MESSAGES = 1000;
const MAX_ATTRIBUTES = 100;
const MAX_ATTRIBUTE_KEY_BYTES = 256;
const MAX_ATTRIBUTE_VALUE_BYTES = 1024;
const MAX_ORDERING_KEY_BYTES = 1024;

/**
 * Checks a publish request as a whole: one bad message refuses all.
 * @throws ApiError INVALID_ARGUMENT naming the first broken rule.
 */
export function checkMessages(messages: readonly google.pubsub.v1.IPubsubMessage[]): void {
  refuseIf(messages.length === 0, 'No messages to publish');
  refuseIf(
    messages.length > MAX_REQUEST_MESSAGES,
    `The value for message_count is too large. You passed ${messages.length} in the request, but the maximum value is ${MAX_REQUEST_MESSAGES}.`,
  );
  messages.forEach(checkMessage);
  const bytes = messages.reduce((sum, {data}) => sum + byteLength(data), 0);
  refuseIf(bytes > MAX_REQUEST_BYTES, `Request payload size exceeds the limit: ${MAX_REQUEST_BYTES} bytes.`);
}

function checkMessage({data, attributes, orderingKey}: google.pubsub.v1.IPubsubMessage): void {
  const pairs = Object.entries(attributes ?? {});
  refuseIf(byteLength(data) === 0 && pairs.length === 0, 'Some messages are empty');
  refuseIf(pairs.length > MAX_ATTRIBUTES, `A message has more than ${MAX_ATTRIBUTES} attributes`);
  for (const [key, value] of pairs) {
    const keyBytes = Buffer.byteLength(key);
    refuseIf(keyBytes === 0 || keyBytes > MAX_ATTRIBUTE_KEY_BYTES, `Invalid attribute key (key=${key})`);
    refuseIf(key.startsWith('goog'), `Attribute keys must not start with "goog" (key=${key})`);
    refuseIf(Buffer.byteLength(value) > MAX_ATTRIBUTE_VALUE_BYTES, `Attribute value too long (key=${key})`);
  }
  refuseIf(Buffer.byteLength(orderingKey ?? '') > MAX_ORDERING_KEY_BYTES, 'Ordering key too long');
}

function refuseIf(broken: boolean, message: string): void {
  if (broken) throw new ApiError('INVALID_ARGUMENT', message);
}

function byteLength(data: Uint8Array | string | null | undefined): number {
  return typeof data === 'string' ? Buffer.byteLength(data, 'base64') : (data?.byteLength ?? 0);
}

/** Gives a checked message the identity it keeps for life. */
export function stamp(
  {data, attributes, orderingKey}: google.pubsub.v1.IPubsubMessage,
  id: string,
  publishedMs: number,
): Message {
  return {
    id,
    publishedMs,
    data: typeof data === 'string' ? data : Buffer.from(data ?? []).toString('base64'),
    attributes: attributes ?? {},
    orderingKey: orderingKey ?? '',
  };
}

/** The message as the API shows it. */
export function pubsubMessage(message: Message): google.pubsub.v1.IPubsubMessage {
  return {
    data: message.data,
    attributes: message.attributes,
    messageId: message.id,
    publishTime: {
      seconds: Math.floor(message.publishedMs / 1000),
      nanos: (message.publishedMs % 1000) * 1e6,
    },
    ...(message.orderingKey && {orderingKey: message.orderingKey}),
  };
}

/** RFC 3339, UTC. */
export function publishTimeOf({publishedMs}: Message): string {
  return new Date(publishedMs).toISOString();
}
