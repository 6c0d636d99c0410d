import type {Delivery} from './backlog.ts';
import type {Consumer, Subscription} from './subscription.ts';

/** One delivery as an HTTP POST. */
export interface PushRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Writes a delivery the way an endpoint expects it; undefined means there is nothing to send, and the message is acknowledged. */
export type EncodePush = (delivery: Delivery) => PushRequest | undefined;

export interface PushTarget {
  readonly endpoint: string;
  readonly encode: EncodePush;
  /** False drops a message whose delivery fails. */
  readonly retry: boolean;
}

/** Answers that acknowledge: https://cloud.google.com/pubsub/docs/push#receive_push. The service's 102 never ends a request here. */
const ACKNOWLEDGING: ReadonlySet<number> = new Set([200, 201, 202, 204]);
const MAX_IN_FLIGHT = 100;

/** A consumer that posts each message to an endpoint. The ack deadline is the time limit of the request. */
export function pusher(subscription: Subscription, target: PushTarget): Consumer {
  const inFlight = new Map<string, AbortController>();

  async function send(delivery: Delivery): Promise<void> {
    const abort = new AbortController();
    inFlight.set(delivery.ackId, abort);
    const isAccepted = await post(target.endpoint, target.encode(delivery), abort.signal);
    if (abort.signal.aborted) return;
    if (isAccepted) subscription.acknowledge([delivery.ackId]);
    else subscription.modifyAckDeadline([delivery.ackId], 0);
  }

  return {
    dropsFailed: !target.retry,
    capacity: () => MAX_IN_FLIGHT - inFlight.size,
    deliver: (deliveries) => {
      for (const delivery of deliveries) void send(delivery);
    },
    settled: (ackId) => {
      inFlight.get(ackId)?.abort();
      inFlight.delete(ackId);
    },
    ended: () => {
      for (const abort of inFlight.values()) abort.abort();
    },
  };
}

async function post(
  endpoint: string,
  request: PushRequest | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (request === undefined) return true;
  try {
    const response = await fetch(endpoint, {method: 'POST', ...request, signal, redirect: 'manual'});
    await response.arrayBuffer();
    return ACKNOWLEDGING.has(response.status);
  } catch {
    // No connection, no answer in time or a broken answer: the endpoint has not accepted.
    return false;
  }
}
