import type {Collection} from '../state.ts';
import {MAX_REQUEST_BYTES, type Message} from './message.ts';

/** A message not yet acknowledged, with the number of deliveries that have failed so far. */
export interface PendingMessage {
  readonly message: Message;
  readonly failures: number;
}

/** One message in a consumer's hands until it is acknowledged, put back or `untilMs` passes. */
export interface Delivery {
  readonly ackId: string;
  readonly message: Message;
  /** 1 for the first delivery. */
  readonly attempt: number;
  readonly untilMs: number;
}

export interface BacklogOptions {
  /** Deliver messages of one ordering key one after the other, in the order of publishing. */
  readonly ordered: boolean;
  readonly retentionMs: number;
}

/**
 * The messages one subscription still owes its consumers. Pure of timers and I/O apart from the collection that keeps the messages:
 * time is an argument. Each message is either ready, leased, resting until a time, or in line behind an earlier one of its ordering key.
 * Leases are forgotten on a restart, so a message is delivered at least once.
 */
export class Backlog {
  readonly #pending: Collection<PendingMessage>;
  readonly #ready = new Set<string>();
  readonly #leases = new Map<string, Delivery>();
  readonly #restingUntilMs = new Map<string, number>();
  readonly #lines = new Map<string, string[]>();
  #options: BacklogOptions;

  constructor(pending: Collection<PendingMessage>, options: BacklogOptions) {
    this.#pending = pending;
    this.#options = options;
    const ids = [...pending.entries()].map(([id]) => id);
    for (const id of ids.sort((a, b) => Number(a) - Number(b))) this.#enqueue(id);
  }

  /** New retention takes effect with the next take; whether messages are ordered never changes. */
  set retentionMs(retentionMs: number) {
    this.#options = {...this.#options, retentionMs};
  }

  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  add(message: Message): void {
    this.#pending.set(message.id, {message, failures: 0});
    this.#enqueue(message.id);
  }

  /** Leases up to `max` messages, oldest first, not more than one response may hold; messages older than the retention are dropped. */
  take(max: number, nowMs: number, leaseMs: number): Delivery[] {
    const taken: Delivery[] = [];
    let bytes = 0;
    for (const id of this.#ready) {
      const {message, failures} = this.#get(id);
      bytes += message.data.length;
      if (taken.length >= max || (taken.length > 0 && bytes > MAX_REQUEST_BYTES)) break;
      this.#ready.delete(id);
      if (message.publishedMs + this.#options.retentionMs <= nowMs) {
        this.#remove(id);
        continue;
      }
      const attempt = failures + 1;
      const delivery = {ackId: `${id}:${attempt}`, message, attempt, untilMs: nowMs + leaseMs};
      this.#leases.set(delivery.ackId, delivery);
      taken.push(delivery);
    }
    return taken;
  }

  lease(ackId: string): Delivery | undefined {
    return this.#leases.get(ackId);
  }

  /** Removes a leased message for good; an ended lease changes nothing. */
  acknowledge(ackId: string): void {
    const delivery = this.#endLease(ackId);
    if (delivery) this.#remove(delivery.message.id);
  }

  extend(ackId: string, untilMs: number): void {
    const delivery = this.#leases.get(ackId);
    if (delivery) this.#leases.set(ackId, {...delivery, untilMs});
  }

  /** Ends a lease as failed: the message rests for `restMs`, then is ready again. */
  putBack(ackId: string, nowMs: number, restMs: number): void {
    const delivery = this.#endLease(ackId);
    if (!delivery) return;
    const {id} = delivery.message;
    this.#pending.set(id, {message: delivery.message, failures: delivery.attempt});
    if (restMs === 0) this.#ready.add(id);
    else this.#restingUntilMs.set(id, nowMs + restMs);
  }

  /** Makes messages ready whose rest is over. */
  wake(nowMs: number): void {
    for (const [id, untilMs] of this.#restingUntilMs) {
      if (untilMs > nowMs) continue;
      this.#restingUntilMs.delete(id);
      this.#ready.add(id);
    }
  }

  /** Ack ids of the leases that have run out of time. */
  expired(nowMs: number): string[] {
    return [...this.#leases.values()].filter(({untilMs}) => untilMs <= nowMs).map(({ackId}) => ackId);
  }

  /** When the next lease or rest ends; Infinity when there is none. */
  nextMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const {untilMs} of this.#leases.values()) next = Math.min(next, untilMs);
    for (const untilMs of this.#restingUntilMs.values()) next = Math.min(next, untilMs);
    return next;
  }

  #get(id: string): PendingMessage {
    const pending = this.#pending.get(id);
    if (pending === undefined) throw new Error(`message ${id} is in play but not stored`);
    return pending;
  }

  #enqueue(id: string): void {
    const key = this.#keyOf(id);
    const line = this.#lines.get(key);
    if (line) {
      line.push(id);
      return;
    }
    if (key) this.#lines.set(key, [id]);
    this.#ready.add(id);
  }

  #endLease(ackId: string): Delivery | undefined {
    const delivery = this.#leases.get(ackId);
    this.#leases.delete(ackId);
    return delivery;
  }

  /** Only the head of a line is ever in play, so it is the head that leaves. */
  #remove(id: string): void {
    const key = this.#keyOf(id);
    this.#pending.delete(id);
    const line = this.#lines.get(key);
    if (!line) return;
    line.shift();
    const [next] = line;
    if (next === undefined) this.#lines.delete(key);
    else this.#ready.add(next);
  }

  #keyOf(id: string): string {
    return this.#options.ordered ? this.#get(id).message.orderingKey : '';
  }
}
