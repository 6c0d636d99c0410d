import {strict as assert} from 'node:assert';
import {once} from 'node:events';
import type {google} from '@google-cloud/pubsub/build/protos/protos.js';
import {status} from '@grpc/grpc-js';
import {openSession, type Session, unique} from '../../contracts/pubsub-session.ts';
import {localPubsub} from './local-pubsub.ts';

type StreamingPullResponse = google.pubsub.v1.IStreamingPullResponse;

describe('Pub/Sub over gRPC', () => {
  let local: Awaited<ReturnType<typeof localPubsub>>;
  let session: Session;

  before(async () => {
    local = await localPubsub();
    session = await openSession(local.pubsub);
  });

  after(async () => {
    await session.close();
    await local.close();
  });

  /** Opens a stream on a subscription, past the greeting that tells its properties. */
  async function openStream(request: google.pubsub.v1.IStreamingPullRequest) {
    const stream = session.subscriber.streamingPull();
    stream.write({streamAckDeadlineSeconds: 10, ...request});
    stream.on('error', () => {});
    const [greeting] = (await once(stream, 'data')) as [StreamingPullResponse];
    const next = async () => {
      const [response] = (await once(stream, 'data')) as [StreamingPullResponse];
      return response.receivedMessages ?? [];
    };
    return {stream, greeting, next};
  }

  async function subscribed(options = {}) {
    const topic = await session.newTopic();
    const [subscription] = await topic.createSubscription(unique('sub'), options);
    const publish = (text: string) => topic.publishMessage({data: Buffer.from(text)});
    return {topic, subscription, publish};
  }

  it('holds a stream to the messages it asked for until one is acknowledged', async () => {
    const {subscription, publish} = await subscribed();
    const {stream, next} = await openStream({subscription: subscription.name, maxOutstandingMessages: 1});
    const first = next();
    const ids = [await publish('first'), await publish('second')];
    const [held] = await first;

    const second = next();
    stream.write({ackIds: [held?.ackId ?? '']});

    const received = [held, (await second)[0]];
    assert.deepEqual(
      received.map((it) => it?.message?.messageId),
      ids,
    );
    stream.cancel();
  });

  it('delivers again what a stream refuses', async () => {
    const {subscription, publish} = await subscribed();
    const {stream, next} = await openStream({subscription: subscription.name});
    const first = next();
    const id = await publish('hello');
    const [held] = await first;

    const second = next();
    stream.write({modifyDeadlineAckIds: [held?.ackId ?? ''], modifyDeadlineSeconds: [0]});

    assert.equal((await second)[0]?.message?.messageId, id);
    stream.cancel();
  });

  it('tells a stream whether its messages are ordered', async () => {
    const {subscription} = await subscribed({enableMessageOrdering: true});

    const {stream, greeting} = await openStream({subscription: subscription.name});

    assert.equal(greeting.subscriptionProperties?.messageOrderingEnabled, true);
    assert.equal(greeting.subscriptionProperties?.exactlyOnceDeliveryEnabled, false);
    stream.cancel();
  });

  it('tells the attempt only where a dead-letter policy counts it', async () => {
    const deadLetters = await session.newTopic();
    const counted = await subscribed({deadLetterPolicy: {deadLetterTopic: deadLetters.name}});
    const plain = await subscribed();
    await Promise.all([counted.publish('x'), plain.publish('x')]);

    assert.equal((await session.pullOne(counted.subscription))?.deliveryAttempt, 1);
    assert.equal((await session.pullOne(plain.subscription))?.deliveryAttempt, 0);
  });

  it('accepts a message of 10 MiB', async () => {
    const {topic, subscription} = await subscribed();
    const data = Buffer.alloc(10 * 1024 * 1024, 'x');
    await topic.publishMessage({data});

    const received = await session.pullOne(subscription);

    assert.equal(received?.message?.data?.length, data.length);
  });

  for (const [what, request] of [
    ['an ack deadline under 10 seconds', {streamAckDeadlineSeconds: 9}],
    ['an ack deadline above 600 seconds', {streamAckDeadlineSeconds: 601}],
  ] as const) {
    it(`refuses a stream with ${what}`, async () => {
      const {subscription} = await subscribed();
      const stream = session.subscriber.streamingPull();

      stream.write({subscription: subscription.name, ...request});

      const [error] = await once(stream.resume(), 'error');
      assert.equal(error.code, status.INVALID_ARGUMENT);
    });
  }

  it('ends a stream with an error when it sends an ack id nobody made', async () => {
    const {subscription} = await subscribed();
    const {stream} = await openStream({subscription: subscription.name});
    const failed = once(stream, 'error');

    stream.write({ackIds: ['nonsense']});

    assert.equal((await failed)[0].code, status.INVALID_ARGUMENT);
  });

  it('ends a stream when its subscription is deleted', async () => {
    const {subscription} = await subscribed();
    const {stream} = await openStream({subscription: subscription.name});
    const failed = once(stream, 'error');

    await subscription.delete();

    assert.equal((await failed)[0].code, status.NOT_FOUND);
  });

  it('gives a closed stream no more messages', async () => {
    const {subscription, publish} = await subscribed();
    const {stream} = await openStream({subscription: subscription.name});

    stream.cancel();
    await session.subscriber.getSubscription({subscription: subscription.name});
    const id = await publish('hello');

    assert.equal((await session.pullOne(subscription))?.message?.messageId, id);
  });

  it('gives a pull that has run out of time no message', async () => {
    const {subscription, publish} = await subscribed();
    const request = {subscription: subscription.name, maxMessages: 1};

    await assert.rejects(session.subscriber.pull(request, {timeout: 100}), {code: status.DEADLINE_EXCEEDED});
    const id = await publish('hello');

    assert.equal((await session.pullOne(subscription))?.message?.messageId, id);
  });

  it('refuses to pull from a subscription that pushes', async () => {
    const pushConfig = {pushEndpoint: 'http://127.0.0.1:1/'};
    const {subscription} = await subscribed({pushConfig});

    await assert.rejects(session.pullOne(subscription), {code: status.FAILED_PRECONDITION});
  });

  it('turns a pushing subscription into a pulled one', async () => {
    const {subscription, publish} = await subscribed({pushConfig: {pushEndpoint: 'http://127.0.0.1:1/'}});

    await subscription.modifyPushConfig({});
    const id = await publish('hello');

    assert.equal((await session.pullOne(subscription))?.message?.messageId, id);
  });

  it('refuses more than 100 attributes', async () => {
    const {topic} = await subscribed();
    const attributes = Object.fromEntries(Array.from({length: 101}, (_, n) => [`key${n}`, 'v']));

    await assert.rejects(topic.publishMessage({attributes}), {code: status.INVALID_ARGUMENT});
  });

  it('does not pretend to seek or to make snapshots', async () => {
    const {subscription} = await subscribed();

    await assert.rejects(subscription.seek(new Date()), {code: status.UNIMPLEMENTED});
    await assert.rejects(subscription.createSnapshot(unique('snapshot')), {code: status.UNIMPLEMENTED});
  });
});
