import {strict as assert} from 'node:assert';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {type CloudEvent, cloudEvent} from '@google-cloud/functions-framework';
import {getTestServer} from '@google-cloud/functions-framework/testing';
import {useFakeTimers} from 'sinon';
import {eventarc, type Trigger} from '../../../local/eventarc/eventarc.ts';
import {Broker} from '../../../local/pubsub/broker.ts';
import {openState} from '../../../local/state.ts';
import {pushEndpoint} from '../../contracts/push-endpoint.ts';
import {localBroker} from '../pubsub/local-pubsub.ts';

const TOPIC = 'projects/p/topics/split-ready';
const DEAD = 'projects/p/topics/dead';

interface Body {
  readonly message: {readonly data: string; readonly messageId: string};
  readonly subscription: string;
  readonly deliveryAttempt?: number;
}

describe('Eventarc', () => {
  let local: ReturnType<typeof localBroker>;
  let announced: [string, string][];

  beforeEach(() => {
    useFakeTimers({now: 1_000_000, toFake: ['Date', 'setTimeout', 'clearTimeout']});
    local = localBroker();
    local.broker.createTopic({name: TOPIC});
    local.broker.createTopic({name: DEAD});
    announced = [];
  });

  afterEach(() => local.close());

  function createTrigger(trigger: Omit<Trigger, 'name'>, broker = local.broker): Promise<void> {
    const notify = (bucket: string, topic: string) => {
      announced.push([bucket, topic]);
    };
    return eventarc({broker, project: 'p', region: 'r1', notify}).createTrigger({
      name: 'build-image',
      ...trigger,
    });
  }

  const publish = (text: string) => local.broker.publish(TOPIC, {data: Buffer.from(text)});
  const theSubscription = (broker = local.broker) => {
    const [subscription, ...others] = [...broker.subscriptions()];
    assert.deepEqual(others, []);
    return subscription!.resource;
  };

  it('sends the messages of a topic as CloudEvents', async () => {
    const endpoint = await pushEndpoint<Body>(204);
    await createTrigger({event: {topic: TOPIC}, destination: endpoint.url});

    const id = publish('hello');

    const {headers, body} = await endpoint.next();
    assert.equal(headers['ce-id'], id);
    assert.equal(headers['ce-type'], 'google.cloud.pubsub.topic.v1.messagePublished');
    assert.equal(body.message.messageId, id);
    assert.equal(body.message.data, 'aGVsbG8=');
    assert.match(body.subscription, /^projects\/p\/subscriptions\/eventarc-r1-build-image-sub-\d{3}$/);
    endpoint.close();
  });

  it('sends the finalized objects a bucket announces', async () => {
    const endpoint = await pushEndpoint<{name: string}>(204);
    await createTrigger({event: {bucket: 'data'}, destination: endpoint.url});
    const [[bucket, topic] = ['', '']] = announced;

    for (const eventType of ['OBJECT_DELETE', 'OBJECT_FINALIZE']) {
      local.broker.publish(topic, {
        data: Buffer.from(JSON.stringify({name: eventType})),
        attributes: {eventType, payloadFormat: 'JSON_API_V1', bucketId: 'data', objectId: 'd.csv'},
      });
    }

    const {headers, body} = await endpoint.next();
    assert.equal(bucket, 'data');
    assert.equal(body.name, 'OBJECT_FINALIZE');
    assert.equal(headers['ce-bucket'], 'data');
    endpoint.close();
  });

  it('is understood by the functions framework', async () => {
    const handled = Promise.withResolvers<CloudEvent<Body>>();
    cloudEvent<Body>('build-image', async (event: CloudEvent<Body>) => handled.resolve(event));
    const server = getTestServer('build-image').listen(0, '127.0.0.1');
    await once(server, 'listening');
    const {port} = server.address() as AddressInfo;
    await createTrigger({event: {topic: TOPIC}, destination: `http://127.0.0.1:${port}/`});

    const id = publish('hello');

    const event = await handled.promise;
    assert.equal(event.id, id);
    assert.equal(event.type, 'google.cloud.pubsub.topic.v1.messagePublished');
    assert.equal(event.source, `//pubsub.googleapis.com/${TOPIC}`);
    assert.equal(event.data?.message.data, 'aGVsbG8=');
    server.closeAllConnections();
    server.close();
  });

  it('retries for 24 hours with 10 to 600 seconds between attempts', async () => {
    await createTrigger({event: {topic: TOPIC}, destination: 'http://127.0.0.1:1/'});

    const {ackDeadlineSeconds, retryPolicy, messageRetentionDuration, deadLetterPolicy} = theSubscription();
    assert.equal(ackDeadlineSeconds, 10);
    assert.equal(messageRetentionDuration?.seconds, '86400');
    assert.equal(retryPolicy?.minimumBackoff?.seconds, '10');
    assert.equal(retryPolicy?.maximumBackoff?.seconds, '600');
    assert.equal(deadLetterPolicy, null);
  });

  it('sends an event to the dead-letter topic after five failed attempts', async () => {
    const endpoint = await pushEndpoint<Body>(500);
    const deadLetters = await pushEndpoint<Body>(204);
    const broker = local.broker;
    broker.createSubscription({
      name: 'projects/p/subscriptions/dead',
      topic: DEAD,
      pushConfig: {pushEndpoint: deadLetters.url},
    });
    await createTrigger({
      event: {topic: TOPIC},
      destination: endpoint.url,
      deadLetterPolicy: {deadLetterTopic: DEAD, maxDeliveryAttempts: 5},
      backoffSeconds: {minimum: 0, maximum: 0},
    });

    publish('poison');

    const attempts: (number | undefined)[] = [];
    for (let n = 0; n < 5; n++) attempts.push((await endpoint.next()).body.deliveryAttempt);
    assert.deepEqual(attempts, [1, 2, 3, 4, 5]);
    assert.equal((await deadLetters.next()).body.message.data, Buffer.from('poison').toString('base64'));
    endpoint.close();
    deadLetters.close();
  });

  it('drops a refused event when told not to retry', async () => {
    const endpoint = await pushEndpoint<Body>(500);
    const backoffSeconds = {minimum: 0, maximum: 0};
    await createTrigger({event: {topic: TOPIC}, destination: endpoint.url, retry: false, backoffSeconds});
    const ids: string[] = [];
    const arrived: string[] = [];

    for (const text of ['first', 'second', 'third']) {
      ids.push(publish(text));
      arrived.push((await endpoint.next()).body.message.messageId);
    }

    assert.deepEqual(arrived, ids);
    endpoint.close();
  });

  it('delivers after a restart what it could not deliver before, to the new destination', async () => {
    const event = {topic: TOPIC};
    await createTrigger({event, destination: 'http://127.0.0.1:1/'});
    const id = publish('hello');
    local.broker.close();
    const endpoint = await pushEndpoint<Body>(204);

    const state = openState(local.root);
    const restarted = new Broker(state);
    await createTrigger({event, destination: endpoint.url}, restarted);

    assert.equal((await endpoint.next()).body.message.messageId, id);
    endpoint.close();
    restarted.close();
    state.close();
  });

  it('takes new settings when it is created again', async () => {
    const trigger = {event: {topic: TOPIC}, destination: 'http://127.0.0.1:1/'};
    await createTrigger({
      ...trigger,
      ackDeadlineSeconds: 600,
      deadLetterPolicy: {deadLetterTopic: DEAD, maxDeliveryAttempts: 5},
    });

    await createTrigger({...trigger, ackDeadlineSeconds: 60});

    assert.equal(theSubscription().ackDeadlineSeconds, 60);
    assert.equal(theSubscription().deadLetterPolicy, null);
  });

  it('starts anew when the event is another one', async () => {
    const destination = 'http://127.0.0.1:1/';
    await createTrigger({event: {bucket: 'old'}, destination});
    await createTrigger({event: {bucket: 'new'}, destination});

    const topics = [...local.broker.topics()].map(({name}) => name);
    assert.equal(theSubscription().topic, announced[1]?.[1]);
    assert.deepEqual(topics.toSorted(), [DEAD, announced[1]?.[1], TOPIC].toSorted());
  });

  it('leaves the triggers of longer names alone', async () => {
    const destination = 'http://127.0.0.1:1/';
    const options = {broker: local.broker, project: 'p', region: 'r1', notify: () => {}};
    const {createTrigger} = eventarc(options);
    await createTrigger({name: 'split-sub', event: {bucket: 'data'}, destination});

    await createTrigger({name: 'split', event: {bucket: 'data'}, destination});

    assert.equal([...local.broker.subscriptions()].length, 2);
  });

  it('refuses an unknown topic', async () => {
    const trigger = {event: {topic: 'projects/p/topics/unknown'}, destination: 'http://127.0.0.1:1/'};

    await assert.rejects(createTrigger(trigger), {status: 'NOT_FOUND'});
  });

  it('refuses an unknown dead-letter topic', async () => {
    const trigger = {event: {topic: TOPIC}, destination: 'http://127.0.0.1:1/'};

    await assert.rejects(
      createTrigger({
        ...trigger,
        deadLetterPolicy: {deadLetterTopic: 'projects/p/topics/unknown', maxDeliveryAttempts: 5},
      }),
      {
        status: 'NOT_FOUND',
      },
    );
  });

  it('refuses an ack deadline above 600 seconds', async () => {
    const trigger = {event: {topic: TOPIC}, destination: 'http://127.0.0.1:1/'};

    await assert.rejects(createTrigger({...trigger, ackDeadlineSeconds: 601}), {status: 'INVALID_ARGUMENT'});
  });
});
