import type {google} from '@google-cloud/pubsub/build/protos/protos.js';
import {ApiError} from '../api-error.ts';
import type {Publish} from '../publish.ts';
import type {Collection, State} from '../state.ts';
import type {Delivery, PendingMessage} from './backlog.ts';
import {deadLetterAttributes} from './dead-letter.ts';
import {checkMessages, stamp} from './message.ts';
import {DELETED_TOPIC} from './names.ts';
import {pusher} from './pusher.ts';
import {checkSubscription, checkTopic, masked} from './resources.ts';
import {type Forward, Subscription} from './subscription.ts';
import {wrappedPush} from './wrapped-push.ts';

type Topic = google.pubsub.v1.ITopic;
type SubscriptionResource = google.pubsub.v1.ISubscription;
type PubsubMessage = google.pubsub.v1.IPubsubMessage;
type FieldMask = google.protobuf.IFieldMask | null | undefined;

/** Topics, subscriptions and the way of a message from one to the other. What it holds survives a kill. */
export class Broker {
  readonly #state: State;
  readonly #topics: Collection<Topic>;
  readonly #resources: Collection<SubscriptionResource>;
  readonly #subscriptions = new Map<string, Subscription>();
  #lastId = 0;

  constructor(state: State) {
    this.#state = state;
    this.#topics = state.collection('pubsub/topics');
    this.#resources = state.collection('pubsub/subscriptions');
    for (const resource of this.#resources.values()) this.#open(resource);
  }

  /** @throws ApiError ALREADY_EXISTS */
  createTopic(wanted: Topic): Topic {
    const topic = checkTopic(wanted);
    const name = String(topic.name);
    if (this.#topics.has(name)) throw alreadyExists(name);
    this.#topics.set(name, topic);
    return topic;
  }

  /** @throws ApiError NOT_FOUND */
  topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (!topic) throw notFound(name);
    return topic;
  }

  hasTopic(name: string): boolean {
    return this.#topics.has(name);
  }

  topics(): IterableIterator<Topic> {
    return this.#topics.values();
  }

  updateTopic(wanted: Topic, mask: FieldMask): Topic {
    const current = this.topic(wanted.name ?? '');
    const topic = checkTopic(masked(current, wanted, mask));
    this.#topics.set(String(topic.name), topic);
    return topic;
  }

  /** Its subscriptions live on without a topic and keep their messages. */
  deleteTopic(name: string): void {
    this.topic(name);
    this.#state.atomically(() => {
      for (const subscription of this.subscriptionsOf(name)) {
        this.#store(subscription, {...subscription.resource, topic: DELETED_TOPIC});
      }
      this.#topics.delete(name);
    });
  }

  /**
   * Publishes all messages or none; returns their ids in the same order.
   * @throws ApiError NOT_FOUND, INVALID_ARGUMENT
   */
  publishAll(topic: string, messages: readonly PubsubMessage[]): string[] {
    this.topic(topic);
    checkMessages(messages);
    return this.#state.atomically(() => messages.map((message) => this.#accept(topic, message)));
  }

  /** For the other services: joins the transaction the caller may be in. */
  readonly publish: Publish = (topic, message) => {
    this.topic(topic);
    checkMessages([message]);
    return this.#accept(topic, message);
  };

  /** @throws ApiError ALREADY_EXISTS, or NOT_FOUND for its topic or dead-letter topic. */
  createSubscription(wanted: SubscriptionResource): Subscription {
    const resource = checkSubscription(wanted);
    const name = String(resource.name);
    if (this.#subscriptions.has(name)) throw alreadyExists(name);
    this.topic(resource.topic ?? '');
    this.#checkDeadLetterTopic(resource);
    this.#resources.set(name, resource);
    return this.#open(resource);
  }

  /** @throws ApiError NOT_FOUND */
  subscription(name: string): Subscription {
    const subscription = this.#subscriptions.get(name);
    if (!subscription) throw notFound(name);
    return subscription;
  }

  hasSubscription(name: string): boolean {
    return this.#subscriptions.has(name);
  }

  subscriptions(): IterableIterator<Subscription> {
    return this.#subscriptions.values();
  }

  subscriptionsOf(topic: string): Subscription[] {
    return [...this.#subscriptions.values()].filter(({resource}) => resource.topic === topic);
  }

  updateSubscription(wanted: SubscriptionResource, mask: FieldMask): Subscription {
    const subscription = this.subscription(wanted.name ?? '');
    const resource = checkSubscription(masked(subscription.resource, wanted, mask));
    this.#checkDeadLetterTopic(resource);
    const endpointBefore = subscription.resource.pushConfig?.pushEndpoint;
    this.#store(subscription, resource);
    if (resource.pushConfig?.pushEndpoint !== endpointBefore) this.#push(subscription);
    return subscription;
  }

  /** Its undelivered messages go with it. */
  deleteSubscription(name: string): void {
    const subscription = this.subscription(name);
    this.#subscriptions.delete(name);
    subscription.end(notFound(name));
    this.#state.atomically(() => {
      const pending = this.#pending(name);
      for (const [id] of [...pending.entries()]) pending.delete(id);
      this.#resources.delete(name);
    });
  }

  /** Ends streams, waiting pulls and push requests; the state can be closed after it. */
  close(): void {
    const reason = new ApiError('UNAVAILABLE', 'The service is shutting down.');
    for (const subscription of this.#subscriptions.values()) subscription.end(reason);
  }

  #open(resource: SubscriptionResource): Subscription {
    const name = String(resource.name);
    const subscription = new Subscription(resource, this.#pending(name), this.#forwardFrom(name));
    this.#subscriptions.set(name, subscription);
    this.#push(subscription);
    return subscription;
  }

  #push(subscription: Subscription): void {
    const endpoint = subscription.resource.pushConfig?.pushEndpoint;
    if (!endpoint) {
      subscription.setPusher(undefined);
      return;
    }
    const encode = (delivery: Delivery) => wrappedPush(subscription.resource, delivery);
    subscription.setPusher(pusher(subscription, {endpoint, encode, retry: true}));
  }

  #store(subscription: Subscription, resource: SubscriptionResource): void {
    this.#resources.set(String(resource.name), resource);
    subscription.resource = resource;
  }

  #pending(subscription: string): Collection<PendingMessage> {
    return this.#state.collection(`pubsub/pending/${subscription}`);
  }

  #accept(topic: string, wanted: PubsubMessage): string {
    const message = stamp(wanted, this.#nextId(), Date.now());
    for (const subscription of this.subscriptionsOf(topic)) subscription.accept(message);
    return message.id;
  }

  /** Ids grow with time, so a restart does not repeat them and their order is the order of publishing. */
  #nextId(): string {
    this.#lastId = Math.max(this.#lastId + 1, Date.now() * 1000);
    return String(this.#lastId);
  }

  #forwardFrom(subscription: string): Forward {
    return (topic, delivery, remove) => {
      if (!this.#topics.has(topic)) return false;
      this.#state.atomically(() => {
        this.#accept(topic, {
          data: delivery.message.data,
          attributes: {...delivery.message.attributes, ...deadLetterAttributes(subscription, delivery)},
          orderingKey: delivery.message.orderingKey,
        });
        remove();
      });
      return true;
    };
  }

  #checkDeadLetterTopic({deadLetterPolicy}: SubscriptionResource): void {
    if (deadLetterPolicy?.deadLetterTopic) this.topic(deadLetterPolicy.deadLetterTopic);
  }
}

function notFound(name: string): ApiError {
  return new ApiError('NOT_FOUND', `Resource not found (resource=${name.split('/').at(-1)}).`);
}

function alreadyExists(name: string): ApiError {
  return new ApiError(
    'ALREADY_EXISTS',
    `Resource already exists in the project (resource=${name.split('/').at(-1)}).`,
  );
}
