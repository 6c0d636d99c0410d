import type {Config} from '../config.ts';
import {once} from './once.ts';
import {must} from './service-error.ts';

/** Publishes one JSON message to a topic of the project. */
export type Publisher = (topic: string, body: unknown, attributes?: Record<string, string>) => Promise<void>;

/** The client would wait 10 ms for further messages. */
const AT_ONCE = {isBundling: false};

/**
 * Pub/Sub; each message leaves at once, since a function may be frozen after it answers. The generated client alone: the library
 * around it is for subscribers, and takes as long to load as Firestore.
 */
export function publisherGateway({project, pubsubHost}: Pick<Config, 'project' | 'pubsubHost'>): Publisher {
  const client = once(async () => {
    const {PublisherClient} = await import('@google-cloud/pubsub/build/src/v1/publisher_client.js');
    return new PublisherClient(pubsubHost === undefined ? {} : await plainTextTo(pubsubHost));
  });
  return async (topic, body, attributes = {}) => {
    const publisher = await client();
    const messages = [{data: Buffer.from(JSON.stringify(body)), attributes}];
    const request = {topic: `projects/${project}/topics/${topic}`, messages};
    await must(`publishing to ${topic}`, () => publisher.publish(request, AT_ONCE));
  };
}

/** Without TLS and without credentials, as an emulator is spoken to. */
async function plainTextTo(host: string) {
  const {credentials} = await import('@grpc/grpc-js');
  const {hostname, port} = new URL(`http://${host}`);
  return {servicePath: hostname, port: Number(port), sslCreds: credentials.createInsecure()};
}
