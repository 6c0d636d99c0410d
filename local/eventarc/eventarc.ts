import {createHash} from 'node:crypto';
import type {Broker} from '../pubsub/broker.ts';
import {seconds} from '../pubsub/duration.ts';
import {type EncodePush, pusher} from '../pubsub/pusher.ts';
import type {Subscription} from '../pubsub/subscription.ts';
import {wrappedMessage} from '../pubsub/wrapped-push.ts';
import {messagePublished, objectFinalized} from './cloud-event.ts';

/** Objects finalized in a bucket, or messages of a topic named `projects/P/topics/T`. */
type TriggerEvent = {readonly bucket: string} | {readonly topic: string};

/** Sends the events of one kind to one URL. */
export interface Trigger {
  readonly name: string;
  readonly event: TriggerEvent;
  readonly destination: string;
  /** Also the time limit of one delivery: 10 to 600, 10 when absent. */
  readonly ackDeadlineSeconds?: number;
  /** False gives each event one attempt; else it is delivered again for 24 hours. */
  readonly retry?: boolean;
  /** The topic `projects/P/topics/T` that takes an event after 5 to 100 failed attempts. */
  readonly deadLetterPolicy?: {readonly deadLetterTopic: string; readonly maxDeliveryAttempts: number};
  /** Delays between attempts, 10 and 600 seconds when absent. */
  readonly backoffSeconds?: {readonly minimum: number; readonly maximum: number};
}

export interface EventarcOptions {
  readonly broker: Broker;
  readonly project: string;
  readonly region: string;
  /** Makes a bucket announce finalized objects on a topic, as JSON_API_V1; asked again for the same pair it changes nothing. */
  readonly notify: (bucket: string, topic: string) => void | Promise<void>;
}

export interface Eventarc {
  /**
   * Begins to deliver. The same name and event again, as after a restart, takes over the undelivered events and replaces everything else;
   * another event starts anew.
   * @throws ApiError NOT_FOUND for an unknown topic or dead-letter topic.
   */
  createTrigger(trigger: Trigger): Promise<void>;
}

/** https://cloud.google.com/eventarc/docs/retry-events */
const RETENTION_SECONDS = 24 * 60 * 60;
const BACKOFF_SECONDS = {minimum: 10, maximum: 600};
const NUMBER_LENGTH = 3;

/** Eventarc: each trigger is a Pub/Sub subscription of its own whose messages are pushed as CloudEvents. */
export function eventarc({broker, project, region, notify}: EventarcOptions): Eventarc {
  return {
    async createTrigger(trigger) {
      const names = resourceNames(trigger, project, region);
      forgetOtherEvents(broker, names);
      const topic = 'topic' in trigger.event ? trigger.event.topic : names.topic;
      if ('bucket' in trigger.event) ensureTopic(broker, topic);
      const subscription = ensureSubscription(broker, names.subscription, topic, trigger);
      const target = {
        endpoint: trigger.destination,
        encode: encoder(trigger, subscription),
        retry: trigger.retry ?? true,
      };
      subscription.setPusher(pusher(subscription, target));
      if ('bucket' in trigger.event) await notify(trigger.event.bucket, topic);
    },
  };
}

interface ResourceNames {
  readonly topic: string;
  readonly subscription: string;
}

/** `eventarc-REGION-NAME-sub-NNN` as Eventarc names it; the number follows from the event, so a restart finds the same. */
function resourceNames({name, event}: Trigger, project: string, region: string): ResourceNames {
  const digest = createHash('sha256').update(JSON.stringify(event)).digest();
  const number = String(digest.readUInt16BE() % 1000).padStart(NUMBER_LENGTH, '0');
  const prefix = `eventarc-${region}-${name}`;
  return {
    topic: `projects/${project}/topics/${prefix}-${number}`,
    subscription: `projects/${project}/subscriptions/${prefix}-sub-${number}`,
  };
}

/** Removes what the trigger left behind when it had another event: the same names with other numbers. */
function forgetOtherEvents(broker: Broker, {topic, subscription}: ResourceNames): void {
  const subscriptions = [...broker.subscriptions()].map(({resource}) => String(resource.name));
  const topics = [...broker.topics()].map(({name}) => String(name));
  for (const name of subscriptions.filter(differsInNumber(subscription))) broker.deleteSubscription(name);
  for (const name of topics.filter(differsInNumber(topic))) broker.deleteTopic(name);
}

function differsInNumber(name: string): (other: string) => boolean {
  const prefix = name.slice(0, -NUMBER_LENGTH);
  return (other) => other !== name && other.startsWith(prefix) && /^\d{3}$/.test(other.slice(prefix.length));
}

function ensureTopic(broker: Broker, name: string): void {
  if (!broker.hasTopic(name)) broker.createTopic({name});
}

function ensureSubscription(broker: Broker, name: string, topic: string, trigger: Trigger): Subscription {
  const {ackDeadlineSeconds = 0, deadLetterPolicy = null, backoffSeconds = BACKOFF_SECONDS} = trigger;
  const delivery = {
    ackDeadlineSeconds,
    messageRetentionDuration: seconds(RETENTION_SECONDS),
    retryPolicy: {
      minimumBackoff: seconds(backoffSeconds.minimum),
      maximumBackoff: seconds(backoffSeconds.maximum),
    },
    deadLetterPolicy,
  };
  if (!broker.hasSubscription(name)) return broker.createSubscription({name, topic, ...delivery});
  return broker.updateSubscription({name, ...delivery}, {paths: Object.keys(delivery)});
}

function encoder({event}: Trigger, subscription: Subscription): EncodePush {
  if ('bucket' in event) return objectFinalized;
  return (delivery) =>
    messagePublished(event.topic, wrappedMessage(subscription.resource, delivery), delivery);
}
