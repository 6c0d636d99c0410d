import {once} from './once.ts';
import {must} from './service-error.ts';

/** Publishes one JSON message to a topic of the project. */
export type Publisher = (topic: string, body: unknown, attributes?: Record<string, string>) => Promise<void>;

/** Pub/Sub; each message leaves at once, since a function may be frozen after it answers. */
export function publisherGateway(project: string): Publisher {
  const client = once(async () => new (await import('@google-cloud/pubsub')).PubSub({projectId: project}));
  return async (topic, body, attributes = {}) => {
    const pubsub = await client();
    await must(`publishing to ${topic}`, () =>
      pubsub.topic(topic, {batching: {maxMessages: 1}}).publishMessage({json: body, attributes}),
    );
  };
}
