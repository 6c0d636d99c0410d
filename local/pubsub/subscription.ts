import type {google} from '@google-cloud/pubsub/build/protos/protos.js';
import type {ApiError} from '../api-error.ts';
import type {Collection} from '../state.ts';
import {Backlog, type Delivery, type PendingMessage} from './backlog.ts';
import {durationMs} from './duration.ts';
import type {Message} from './message.ts';
import {backoffMs, deadLetterTopic} from './redelivery.ts';

/** Whoever receives messages of a subscription: a waiting pull, an open stream or a pusher. */
export interface Consumer {
  /** How many more messages it takes at this moment. */
  capacity(): number;
  /** Overrides the subscription's ack deadline for what this consumer receives. */
  readonly ackDeadlineSeconds?: number;
  /** A message it fails to accept is dropped instead of delivered again. */
  readonly dropsFailed?: boolean;
  deliver(deliveries: readonly Delivery[]): void;
  /** This delivery is no longer in its hands: acknowledged, put back or out of time. */
  settled(ackId: string): void;
  /** The subscription is gone or the service stops. */
  ended(reason: ApiError): void;
}

/**
 * Forwards a message that has used up its attempts and calls `remove` as part of the same change.
 * False when the dead-letter topic is gone; the message then stays.
 */
export type Forward = (topic: string, delivery: Delivery, remove: () => void) => boolean;

/** A response carries at most this many messages, so that consumers share a large backlog. */
const MAX_BATCH = 1000;

/** One subscription at work: hands its backlog to consumers, watches ack deadlines, redelivers. */
export class Subscription {
  #resource: google.pubsub.v1.ISubscription;
  readonly #backlog: Backlog;
  readonly #forward: Forward;
  readonly #consumers = new Set<Consumer>();
  readonly #holders = new Map<string, Consumer>();
  #pusher: Consumer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #isDispatchDue = false;

  constructor(
    resource: google.pubsub.v1.ISubscription,
    pending: Collection<PendingMessage>,
    forward: Forward,
  ) {
    this.#resource = resource;
    this.#forward = forward;
    this.#backlog = new Backlog(pending, {
      ordered: resource.enableMessageOrdering ?? false,
      retentionMs: durationMs(resource.messageRetentionDuration ?? {}),
    });
  }

  get resource(): google.pubsub.v1.ISubscription {
    return this.#resource;
  }

  set resource(resource: google.pubsub.v1.ISubscription) {
    this.#resource = resource;
    this.#backlog.retentionMs = durationMs(resource.messageRetentionDuration ?? {});
  }

  /** Takes a message over; delivery begins when the running turn is over, so after a transaction the caller may be in. */
  accept(message: Message): void {
    this.#backlog.add(message);
    if (this.#isDispatchDue) return;
    this.#isDispatchDue = true;
    queueMicrotask(() => {
      this.#isDispatchDue = false;
      this.#dispatch();
    });
  }

  /** Adds a consumer; it receives what is ready before this returns. */
  join(consumer: Consumer): void {
    this.#consumers.add(consumer);
    this.#dispatch();
  }

  /** Removes a consumer. What it holds stays leased until its deadline. */
  leave(consumer: Consumer): void {
    this.#consumers.delete(consumer);
  }

  get isPushed(): boolean {
    return this.#pusher !== undefined;
  }

  /** Sends every message on through this consumer from now on, in the place of the one set before; undefined stops that. */
  setPusher(pusher: Consumer | undefined): void {
    if (this.#pusher) this.leave(this.#pusher);
    this.#pusher = pusher;
    if (pusher) this.join(pusher);
  }

  /** Ends deliveries for good. An ack id that has run out of time changes nothing: the message comes again. */
  acknowledge(ackIds: readonly string[]): void {
    for (const ackId of ackIds) {
      this.#backlog.acknowledge(ackId);
      this.#settle(ackId);
    }
    this.#dispatch();
  }

  /** Sets new ack deadlines, counted from now; 0 refuses the messages. */
  modifyAckDeadline(ackIds: readonly string[], ackDeadlineSeconds: number): void {
    const untilMs = Date.now() + ackDeadlineSeconds * 1000;
    for (const ackId of ackIds) {
      if (ackDeadlineSeconds === 0) this.#fail(ackId);
      else this.#backlog.extend(ackId, untilMs);
    }
    this.#wakeBy(untilMs);
    this.#dispatch();
  }

  /** Stops timers and lets every consumer go. */
  end(reason: ApiError): void {
    clearTimeout(this.#timer);
    const consumers = [...this.#consumers];
    this.#consumers.clear();
    this.#holders.clear();
    for (const consumer of consumers) consumer.ended(reason);
  }

  #dispatch(): void {
    while (this.#backlog.hasReady) {
      const consumer = [...this.#consumers].find((candidate) => candidate.capacity() > 0);
      if (!consumer) return;
      this.#deliverTo(consumer);
    }
  }

  #deliverTo(consumer: Consumer): void {
    const nowMs = Date.now();
    const leaseMs = (consumer.ackDeadlineSeconds ?? this.#resource.ackDeadlineSeconds ?? 0) * 1000;
    const deliveries = this.#backlog.take(Math.min(consumer.capacity(), MAX_BATCH), nowMs, leaseMs);
    if (deliveries.length === 0) return;
    for (const {ackId} of deliveries) this.#holders.set(ackId, consumer);
    this.#wakeBy(nowMs + leaseMs);
    this.#moveToEnd(consumer);
    consumer.deliver(deliveries);
  }

  /** Consumers take turns. */
  #moveToEnd(consumer: Consumer): void {
    this.#consumers.delete(consumer);
    this.#consumers.add(consumer);
  }

  #fail(ackId: string): void {
    const delivery = this.#backlog.lease(ackId);
    if (!delivery) return;
    const remove = () => this.#backlog.acknowledge(ackId);
    if (this.#holders.get(ackId)?.dropsFailed) remove();
    else if (!this.#forwardIfUsedUp(delivery, remove)) this.#putBack(delivery);
    this.#settle(ackId);
  }

  #forwardIfUsedUp(delivery: Delivery, remove: () => void): boolean {
    const topic = deadLetterTopic(this.#resource, delivery.attempt);
    return topic !== undefined && this.#forward(topic, delivery, remove);
  }

  #putBack({ackId, attempt}: Delivery): void {
    const nowMs = Date.now();
    const restMs = backoffMs(this.#resource, attempt);
    this.#backlog.putBack(ackId, nowMs, restMs);
    this.#wakeBy(nowMs + restMs);
  }

  #settle(ackId: string): void {
    this.#holders.get(ackId)?.settled(ackId);
    this.#holders.delete(ackId);
  }

  #wakeBy(atMs: number): void {
    if (atMs >= this.#wakeAtMs) return;
    clearTimeout(this.#timer);
    this.#wakeAtMs = atMs;
    this.#timer = setTimeout(() => this.#wake(), Math.max(0, atMs - Date.now()));
    this.#timer.unref();
  }

  #wake(): void {
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
    const nowMs = Date.now();
    for (const ackId of this.#backlog.expired(nowMs)) this.#fail(ackId);
    this.#backlog.wake(nowMs);
    this.#wakeBy(this.#backlog.nextMs());
    this.#dispatch();
  }
}
