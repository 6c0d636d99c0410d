import {randomUUID} from 'node:crypto';
import type {storage_v1} from 'googleapis/build/src/apis/storage/v1.js';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import type {Publish} from '../publish.ts';
import type {Collection, State} from '../state.ts';
import {notFound} from './errors.ts';
import {etagOf} from './etag.ts';
import {withObjectLinks} from './links.ts';
import type {StoredObject} from './object-resource.ts';
import {ignored, type SchemasOf} from './parse.ts';

const PUBSUB = '//pubsub.googleapis.com/';
const CANONICAL_ORIGIN = 'https://www.googleapis.com';
const EVENT_TYPES = ['OBJECT_FINALIZE', 'OBJECT_DELETE', 'OBJECT_METADATA_UPDATE', 'OBJECT_ARCHIVE'] as const;

const writable = {
  topic: z.string().regex(/^(\/\/pubsub\.googleapis\.com\/)?projects\/[^/]+\/topics\/[^/]+$/, 'not a topic'),
  payload_format: z.enum(['JSON_API_V1', 'NONE']),
  event_types: z.array(z.enum(EVENT_TYPES)).exactOptional(),
  object_name_prefix: z.string().exactOptional(),
  custom_attributes: z.record(z.string(), z.string()).exactOptional(),
} satisfies SchemasOf<storage_v1.Schema$Notification>;

const outputOnly = {
  etag: ignored,
  id: ignored,
  kind: ignored,
  selfLink: ignored,
} satisfies SchemasOf<storage_v1.Schema$Notification>;

/** The body of a notification's creation. */
export const notificationInsert = z.strictObject({...outputOnly, ...writable}).pipe(z.object(writable));

/** A change of an object that topics may want to hear of. */
export interface ObjectEvent {
  readonly eventType: (typeof EVENT_TYPES)[number];
  readonly object: StoredObject;
  /** On OBJECT_FINALIZE: the generation that made way. */
  readonly overwroteGeneration?: string;
  /** On OBJECT_DELETE: the generation that took the place. */
  readonly overwrittenByGeneration?: string;
}

export interface StoredNotification extends storage_v1.Schema$Notification {
  readonly id: string;
  /** With the prefix `//pubsub.googleapis.com/`. */
  readonly topic: string;
  readonly payload_format: string;
}

interface NotificationOfBucket {
  readonly bucket: string;
  readonly notification: StoredNotification;
}

interface Announcement {
  readonly topic: string;
  readonly payload: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The notification configurations of all buckets, and the announcements not yet published. */
export class Notifications {
  readonly #notifications: Collection<NotificationOfBucket>;
  readonly #announcements: Collection<Announcement>;
  readonly #publish: Publish;

  constructor(state: State, publish: Publish) {
    this.#notifications = state.collection('storage.notifications');
    this.#announcements = state.collection('storage.announcements');
    this.#publish = publish;
  }

  create(bucket: string, body: z.output<typeof notificationInsert>): StoredNotification {
    const id = String(Math.max(0, ...this.list(bucket).map((known) => Number(known.id))) + 1);
    const notification: StoredNotification = {
      ...body,
      kind: 'storage#notification',
      id,
      topic: body.topic.startsWith(PUBSUB) ? body.topic : PUBSUB + body.topic,
      etag: etagOf(id),
    };
    this.#notifications.set(`${bucket}/${id}`, {bucket, notification});
    return notification;
  }

  list(bucket: string): StoredNotification[] {
    return [...this.#notifications.values()]
      .filter((entry) => entry.bucket === bucket)
      .map(({notification}) => notification);
  }

  /** @throws ApiError 404. */
  find(bucket: string, id: string): StoredNotification {
    const found = this.#notifications.get(`${bucket}/${id}`);
    if (found === undefined) throw notFound(`The specified notification ${id} does not exist.`);
    return found.notification;
  }

  delete(bucket: string, id: string): void {
    this.#notifications.delete(`${bucket}/${id}`);
  }

  /** Writes down what is to be announced. Call it in the transaction of the change, so that a kill loses neither. */
  queue(event: ObjectEvent): void {
    for (const notification of this.list(event.object.bucket)) {
      if (!concerns(notification, event)) continue;
      this.#announcements.set(randomUUID(), announcement(notification, event));
    }
  }

  /** Publishes what is queued, at least once. A topic that is gone hears nothing. */
  flush(): void {
    for (const [key, {topic, payload, attributes}] of [...this.#announcements.entries()]) {
      try {
        this.#publish(topic, {data: Buffer.from(payload), attributes});
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 'NOT_FOUND')) throw error;
      }
      this.#announcements.delete(key);
    }
  }
}

function concerns(notification: StoredNotification, {eventType, object}: ObjectEvent): boolean {
  const types = notification.event_types ?? [];
  return (
    (types.length === 0 || types.includes(eventType)) &&
    object.name.startsWith(notification.object_name_prefix ?? '')
  );
}

/** @see https://cloud.google.com/storage/docs/pubsub-notifications#format */
function announcement(notification: StoredNotification, event: ObjectEvent): Announcement {
  const {eventType, object, ...overwriting} = event;
  const payload = JSON.stringify(withObjectLinks(object, CANONICAL_ORIGIN));
  return {
    topic: notification.topic.slice(PUBSUB.length),
    payload: notification.payload_format === 'JSON_API_V1' ? payload : '',
    attributes: {
      ...notification.custom_attributes,
      notificationConfig: `projects/_/buckets/${object.bucket}/notificationConfigs/${notification.id}`,
      eventType,
      payloadFormat: notification.payload_format,
      bucketId: object.bucket,
      objectId: object.name,
      objectGeneration: object.generation,
      eventTime: new Date().toISOString(),
      ...overwriting,
    },
  };
}

/** The notification resource as an answer carries it. */
export function withNotificationLink(
  notification: StoredNotification,
  bucket: string,
  origin: string,
): storage_v1.Schema$Notification {
  return {
    ...notification,
    selfLink: `${origin}/storage/v1/b/${bucket}/notificationConfigs/${notification.id}`,
  };
}
