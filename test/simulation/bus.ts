import {type Deployment, readDeployment} from '../../cli/deployment.ts';
import {published} from '../support/events.ts';
import type {Chance} from './chance.ts';
import type {Process} from './network.ts';
import type {Trace} from './trace.ts';
import type {VirtualTime} from './virtual-time.ts';

const MINIMUM_BACKOFF_MS = 10_000;
const MAXIMUM_BACKOFF_MS = 600_000;

/** What a function instance's end means for the message it was given. */
export type Settle = (isAcknowledged: boolean) => void;

/** Starts an instance of a function for an event. */
export type Invoke = (functionName: string, event: object, settle: Settle) => Process;

export interface DeadLetter {
  readonly functionName: string;
  readonly event: object;
}

/** How badly messages travel; shares from 0 to 1. */
export interface Roads {
  readonly duplicates: number;
  readonly delays: number;
  /** Of all events. */
  readonly lost: number;
  /** Of the ends of builds and jobs. */
  readonly untold: number;
}

export const GOOD_ROADS: Roads = {duplicates: 0, delays: 0, lost: 0, untold: 0};

const deployment: Deployment = await readDeployment();

/** Pub/Sub and Eventarc: at least once, in any order, with back-off, deadlines and dead letters, to whom infra/functions.yaml names. */
export class Bus {
  /** Given up, and waiting for an operator. */
  readonly deadLetters: DeadLetter[] = [];
  roads: Roads;
  deliveries = 0;
  #messages = 1;
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #trace: Trace;
  readonly #invoke: Invoke;

  constructor(
    {time, chance, trace}: {time: VirtualTime; chance: Chance; trace: Trace},
    roads: Roads,
    invoke: Invoke,
  ) {
    this.#time = time;
    this.#chance = chance;
    this.#trace = trace;
    this.roads = roads;
    this.#invoke = invoke;
  }

  publish(topic: string, body: unknown, attributes: Record<string, string> = {}): void {
    for (const [name, {triggers}] of Object.entries(deployment.functions))
      if (triggers.some((trigger) => 'topic' in trigger && trigger.topic === topic))
        this.send(name, {...published(topic, body, attributes), id: `message-${this.#messages++}`});
  }

  /** What services tell of the ends of builds and jobs. */
  tell(topic: 'cloud-builds' | 'job-complete', body: unknown): void {
    if (this.#chance.happens(this.roads.untold)) this.#trace.add(`${topic} is not told`);
    else this.publish(topic, body);
  }

  /** @returns false when it is lost */
  send(functionName: string, event: object): boolean {
    if (this.#chance.happens(this.roads.lost)) {
      this.#trace.add(`event for ${functionName} lost`);
      return false;
    }
    const slowMs = this.#chance.happens(this.roads.delays) ? this.#chance.between(0, 600_000) : 0;
    this.#time.after(this.#chance.between(20, 2000) + slowMs, () => this.#deliver(functionName, event, 1));
    if (this.#chance.happens(this.roads.duplicates))
      this.#time.after(this.#duplicateAfterMs(), () => this.#deliver(functionName, event, 1));
    return true;
  }

  #duplicateAfterMs(): number {
    return this.#chance.happens(0.8)
      ? this.#chance.between(0, 60_000)
      : this.#chance.between(60_000, 7_200_000);
  }

  /** Settled once: by the function's end, its crash, or the deadline; whatever comes later is ignored. */
  #deliver(functionName: string, event: object, attempt: number): void {
    this.deliveries += 1;
    const deadlineMs = 1000 * ((deployment.functions[functionName]?.timeoutSeconds ?? 0) + 30);
    const forget = this.#time.after(deadlineMs, () => settle(false));
    let isSettled = false;
    let process: Process | undefined;
    const settle = (isAcknowledged: boolean) => {
      if (isSettled) return;
      isSettled = true;
      forget();
      this.#trace.add(
        `${process?.name ?? functionName} ${isAcknowledged ? 'acknowledged' : 'not acknowledged'}`,
      );
      if (!isAcknowledged) this.#redeliver(functionName, event, attempt);
    };
    process = this.#invoke(functionName, event, settle);
  }

  #redeliver(functionName: string, event: object, attempt: number): void {
    const {maxDeliveryAttempts, topic} = deployment.deadLetters;
    // What cannot even be recorded as dead goes round for ever.
    if (attempt < maxDeliveryAttempts || functionName === 'record-failure') {
      const backoffMs = Math.min(MAXIMUM_BACKOFF_MS, MINIMUM_BACKOFF_MS * 2 ** (attempt - 1));
      this.#time.after(backoffMs, () => this.#deliver(functionName, event, attempt + 1));
      return;
    }
    this.#trace.add(`${functionName} given up`);
    this.deadLetters.push({functionName, event});
    this.#publishDeadLetter(topic, functionName, event, attempt);
  }

  #publishDeadLetter(topic: string, functionName: string, event: object, attempt: number): void {
    const {data} = event as {data: unknown};
    const attributes = {
      CloudPubSubDeadLetterSourceSubscription: functionName,
      CloudPubSubDeadLetterSourceDeliveryCount: String(attempt),
    };
    this.publish(topic, textOf(data), attributes);
  }
}

/** What a dead letter carries: the message's own bytes, or the event of a bucket. */
function textOf(data: unknown): string {
  const {message} = data as {message?: {data: string}};
  return message === undefined ? JSON.stringify(data) : Buffer.from(message.data, 'base64').toString('utf8');
}
