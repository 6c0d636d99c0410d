import type {Delivery} from '../pubsub/backlog.ts';
import {publishTimeOf} from '../pubsub/message.ts';
import type {PushRequest} from '../pubsub/pusher.ts';

/** The attributes of a CloudEvent as Google's sources set them. */
interface CloudEventAttributes {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly subject?: string;
  /** Extension attribute that Cloud Storage triggers filter by. */
  readonly bucket?: string;
}

/** A Pub/Sub message as `google.cloud.pubsub.topic.v1.messagePublished`; `data` is the body a push would carry. */
export function messagePublished(topic: string, data: object, {message}: Delivery): PushRequest {
  const attributes = {
    id: message.id,
    source: `//pubsub.googleapis.com/${topic}`,
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    time: publishTimeOf(message),
  };
  return binaryMode(attributes, JSON.stringify(data));
}

/**
 * A Cloud Storage notification as `google.cloud.storage.object.v1.finalized`; the notification's JSON_API_V1 payload is the data.
 * Undefined for every other kind of notification: https://cloud.google.com/storage/docs/pubsub-notifications#attributes
 */
export function objectFinalized({message}: Delivery): PushRequest | undefined {
  const {eventType, payloadFormat, bucketId, objectId, eventTime} = message.attributes;
  if (eventType !== 'OBJECT_FINALIZE' || payloadFormat !== 'JSON_API_V1' || !bucketId) return undefined;
  const attributes = {
    id: message.id,
    source: `//storage.googleapis.com/projects/_/buckets/${bucketId}`,
    type: 'google.cloud.storage.object.v1.finalized',
    time: eventTime ?? publishTimeOf(message),
    subject: `objects/${objectId}`,
    bucket: bucketId,
  };
  return binaryMode(attributes, Buffer.from(message.data, 'base64').toString());
}

/** Binary content mode: attributes in `ce-` headers, the body is the data alone. */
function binaryMode(attributes: CloudEventAttributes, body: string): PushRequest {
  const headers = Object.entries({...attributes, specversion: '1.0'}).map(
    ([name, value]) => [`ce-${name}`, headerValue(value)] as const,
  );
  return {headers: {...Object.fromEntries(headers), 'content-type': 'application/json'}, body};
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values */
function headerValue(value: string): string {
  return value.toWellFormed().replace(/[^\x21\x23\x24\x26-\x7e]/gu, encodeURIComponent);
}
