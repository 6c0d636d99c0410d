import type {v1} from '@google-cloud/pubsub';
import {PermanentError} from '../errors.ts';
import {once} from './once.ts';
import {call, must} from './service-error.ts';

/** The subscription that holds the messages nobody could take. */
export const DEAD_LETTERS = 'dead-letters';

/** gRPC status numbers. */
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;

const PULLED_AT_ONCE = 100;
/** How long to wait for one more. */
const PULL_MS = 2_000;

/** What Pub/Sub adds to a message when it gives it up, all under this prefix. */
const PREFIX = 'CloudPubSubDeadLetterSource';

/** A message that was delivered in vain too often, lent to us for a minute. */
export interface DeadLetter {
  readonly id: string;
  /** ISO 8601; when it was given up. */
  readonly publishedAt: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Full name of the subscription that gave it up; undefined for a message that was published as a dead letter. */
  readonly source: string | undefined;
  /** For giving it back or away. */
  readonly ackId: string;
}

export interface DeadLetters {
  /** All that nobody else holds at the moment, at most `limit`. */
  take(limit: number): Promise<DeadLetter[]>;
  /**
   * Publishes a letter to the topic it came from, with `replayOf`, then forgets it. A crash between the two leaves it here.
   * @throws PermanentError REPLAY_IMPOSSIBLE when it came from nowhere, or its subscription is gone
   */
  replay(letter: DeadLetter): Promise<void>;
  giveBack(letters: readonly DeadLetter[]): Promise<void>;
}

export function deadLettersGateway(project: string): DeadLetters {
  const client = once(async () => {
    const {PubSub, v1} = await import('@google-cloud/pubsub');
    const pubsub = new PubSub({projectId: project});
    const {port, ...options} = await pubsub.getClientConfig();
    const subscriber = new v1.SubscriberClient({...options, ...(port && {port: Number(port)})});
    return {pubsub, subscriber};
  });
  const subscription = `projects/${project}/subscriptions/${DEAD_LETTERS}`;

  return {
    async take(limit) {
      const {subscriber} = await client();
      const letters = new Map<string, DeadLetter>();
      while (letters.size < limit) {
        const pulled = await pull(subscriber, subscription);
        if (pulled.length === 0) break;
        for (const letter of pulled) letters.set(letter.id, letter);
      }
      return [...letters.values()];
    },
    async replay({id, body, attributes, source, ackId}) {
      const {pubsub, subscriber} = await client();
      const topic = source && (await topicOf(subscriber, source));
      if (!topic) {
        throw new PermanentError('REPLAY_IMPOSSIBLE', `message ${id} cannot go back to where it came from`, {
          where: source ?? 'published as a dead letter',
          hint: 'Rerun the run that it names.',
        });
      }
      const own = Object.entries(attributes).filter(([name]) => !name.startsWith(PREFIX));
      await must(`publishing message ${id} to ${topic}`, () =>
        pubsub.topic(topic, {batching: {maxMessages: 1}}).publishMessage({
          data: Buffer.from(body),
          attributes: {...Object.fromEntries(own), replayOf: id},
        }),
      );
      await must('forgetting a dead letter', () => subscriber.acknowledge({subscription, ackIds: [ackId]}));
    },
    async giveBack(letters) {
      if (letters.length === 0) return;
      const {subscriber} = await client();
      const ackIds = letters.map(({ackId}) => ackId);
      await must('giving dead letters back', () =>
        subscriber.modifyAckDeadline({subscription, ackIds, ackDeadlineSeconds: 0}),
      );
    },
  };
}

async function pull(subscriber: v1.SubscriberClient, subscription: string): Promise<DeadLetter[]> {
  const request = {subscription, maxMessages: PULLED_AT_ONCE};
  const answer = await call(
    'reading dead letters',
    () => subscriber.pull(request, {timeout: PULL_MS, maxRetries: 0}),
    [DEADLINE_EXCEEDED],
  );
  return (answer?.[0].receivedMessages ?? []).map(({ackId, message}) => {
    const attributes = message?.attributes ?? {};
    const seconds = Number(message?.publishTime?.seconds ?? 0);
    return {
      id: message?.messageId ?? '',
      publishedAt: new Date(seconds * 1000).toISOString(),
      body: Buffer.from(message?.data ?? '').toString('utf8'),
      attributes,
      source: sourceOf(attributes),
      ackId: ackId ?? '',
    };
  });
}

function sourceOf(attributes: Readonly<Record<string, string>>): string | undefined {
  const project = attributes[`${PREFIX}SubscriptionProject`];
  const id = attributes[`${PREFIX}Subscription`];
  return project === undefined || id === undefined ? undefined : `projects/${project}/subscriptions/${id}`;
}

/** Undefined when the subscription is gone; Pub/Sub calls a deleted topic `_deleted-topic_`. */
async function topicOf(subscriber: v1.SubscriberClient, subscription: string): Promise<string | undefined> {
  const answer = await call(`reading ${subscription}`, () => subscriber.getSubscription({subscription}), [
    NOT_FOUND,
  ]);
  const topic = answer?.[0].topic;
  return topic === '_deleted-topic_' ? undefined : (topic ?? undefined);
}
