import {randomUUID} from 'node:crypto';
import {type PubSub, type Subscription, type Topic, v1} from '@google-cloud/pubsub';

/** The clients a contract case talks through. */
export interface Session {
  readonly pubsub: PubSub;
  readonly subscriber: v1.SubscriberClient;
  newTopic(): Promise<Topic>;
  pullOne(subscription: Subscription): ReturnType<typeof pullOne>;
  close(): Promise<void>;
}

export async function openSession(pubsub: PubSub): Promise<Session> {
  const config = await pubsub.getClientConfig();
  const subscriber = new v1.SubscriberClient(config as ConstructorParameters<typeof v1.SubscriberClient>[0]);
  return {
    pubsub,
    subscriber,
    newTopic: async () => (await pubsub.createTopic(unique('topic')))[0],
    pullOne: (subscription) => pullOne(subscriber, subscription),
    close: async () => {
      await subscriber.close();
      await pubsub.close();
    },
  };
}

/** An id no other case uses: the service under test keeps what earlier cases made. */
export function unique(word: string): string {
  return `${word}-${randomUUID()}`;
}

async function pullOne(subscriber: v1.SubscriberClient, {name}: Subscription) {
  const [{receivedMessages}] = await subscriber.pull({subscription: name, maxMessages: 1});
  return receivedMessages?.[0];
}
