import {strict as assert} from 'node:assert';
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {type SinonFakeTimers, useFakeTimers} from 'sinon';
import {pushEndpoint} from '../../contracts/push-endpoint.ts';
import {localBroker} from './local-pubsub.ts';

const TOPIC = 'projects/p/topics/topic';
const SUB = 'projects/p/subscriptions/sub';

interface Body {
  readonly message: {readonly data: string; readonly messageId: string};
  readonly deliveryAttempt?: number;
}

describe('push', () => {
  let local: ReturnType<typeof localBroker>;
  let clock: SinonFakeTimers;

  beforeEach(() => {
    clock = useFakeTimers({now: 1_000_000, toFake: ['Date', 'setTimeout', 'clearTimeout']});
    local = localBroker();
    local.broker.createTopic({name: TOPIC});
  });

  afterEach(() => local.close());

  const publish = (text: string) => local.broker.publish(TOPIC, {data: Buffer.from(text)});
  const pushTo = (pushEndpoint: string, more: object = {}) =>
    local.broker.createSubscription({name: SUB, topic: TOPIC, pushConfig: {pushEndpoint}, ...more});

  it('posts the message in both spellings', async () => {
    const endpoint = await pushEndpoint(204);
    pushTo(endpoint.url);

    const id = local.broker.publish(TOPIC, {
      data: Buffer.from('hello'),
      attributes: {run: 'r-1'},
      orderingKey: 'key',
    });

    const {headers, body} = await endpoint.next();
    assert.equal(headers['content-type'], 'application/json');
    assert.deepEqual(body, {
      message: {
        data: 'aGVsbG8=',
        attributes: {run: 'r-1'},
        messageId: id,
        message_id: id,
        publishTime: '1970-01-01T00:16:40.000Z',
        publish_time: '1970-01-01T00:16:40.000Z',
        orderingKey: 'key',
      },
      subscription: SUB,
    });
    endpoint.close();
  });

  for (const status of [200, 201, 202, 204]) {
    it(`takes ${status} as an acknowledgement`, async () => {
      const endpoint = await pushEndpoint<Body>(status);
      const subscription = pushTo(endpoint.url, {enableMessageOrdering: true});
      const inOrder = (text: string) =>
        local.broker.publish(TOPIC, {data: Buffer.from(text), orderingKey: 'key'});

      const ids = [inOrder('first'), inOrder('second')];

      const pushed = [await endpoint.next(), await endpoint.next()];
      assert.deepEqual(
        pushed.map(({body}) => body.message.messageId),
        ids,
      );
      assert.equal(subscription.isPushed, true);
      endpoint.close();
    });
  }

  for (const status of [203, 206, 302, 400, 404, 429, 500, 503]) {
    it(`takes ${status} as a refusal`, async () => {
      const endpoint = await pushEndpoint<Body>(status, 204);
      pushTo(endpoint.url, {retryPolicy: {minimumBackoff: {seconds: 0}, maximumBackoff: {seconds: 0}}});

      const id = publish('hello');

      const pushed = [await endpoint.next(), await endpoint.next()];
      assert.deepEqual(
        pushed.map(({body}) => body.message.messageId),
        [id, id],
      );
      endpoint.close();
    });
  }

  it('tells the attempt where a dead-letter policy counts it', async () => {
    const endpoint = await pushEndpoint<Body>(500, 204);
    const none = {minimumBackoff: {seconds: 0}, maximumBackoff: {seconds: 0}};
    pushTo(endpoint.url, {retryPolicy: none, deadLetterPolicy: {deadLetterTopic: TOPIC}});

    publish('hello');

    const pushed = [await endpoint.next(), await endpoint.next()];
    assert.deepEqual(
      pushed.map(({body}) => body.deliveryAttempt),
      [1, 2],
    );
    endpoint.close();
  });

  it('gives up on a request at the ack deadline and sends the message again', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    pushTo(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/`, {
      retryPolicy: {minimumBackoff: {seconds: 0}, maximumBackoff: {seconds: 0}},
    });

    publish('hello');
    const [request] = await once(silent, 'request');
    const hungUp = once(request.socket, 'close');
    const again = once(silent, 'request');
    await clock.tickAsync(10_000);

    await Promise.all([hungUp, again]);
    silent.closeAllConnections();
    silent.close();
  });

  it('gives up on requests under way when the service stops', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    pushTo(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
    publish('hello');
    const [request] = await once(silent, 'request');
    const hungUp = once(request.socket, 'close');

    local.broker.close();

    await hungUp;
    silent.close();
    await once(silent, 'close');
    assert.equal(local.state.collection(`pubsub/pending/${SUB}`).size, 1);
  });

  it('has no more than 100 requests under way', async () => {
    const busy = createServer((_request, response) => waiting.push(response)).listen(0, '127.0.0.1');
    const waiting: {end(): void}[] = [];
    await once(busy, 'listening');
    pushTo(`http://127.0.0.1:${(busy.address() as AddressInfo).port}/`);

    for (let n = 0; n < 150; n++) publish(`${n}`);
    while (waiting.length < 100) await once(busy, 'request');
    waiting[0]?.end();
    await once(busy, 'request');

    assert.equal(waiting.length, 101);
    busy.closeAllConnections();
    busy.close();
  });

  it('sends to the new endpoint after a change', async () => {
    const [before, after] = [await pushEndpoint<Body>(204), await pushEndpoint<Body>(204)];
    pushTo(before.url);

    local.broker.updateSubscription(
      {name: SUB, pushConfig: {pushEndpoint: after.url}},
      {paths: ['push_config']},
    );
    const id = publish('hello');

    assert.equal((await after.next()).body.message.messageId, id);
    before.close();
    after.close();
  });
});
