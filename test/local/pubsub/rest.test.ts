import {strict as assert} from 'node:assert';
import {once} from 'node:events';
import type {FastifyInstance, InjectOptions} from 'fastify';
import {httpServer} from '../../../local/http.ts';
import {pubsubRest} from '../../../local/pubsub/rest.ts';
import {localBroker} from './local-pubsub.ts';

const TOPIC = 'projects/p/topics/topic';
const SUB = 'projects/p/subscriptions/sub';

describe('Pub/Sub over REST', () => {
  let local: ReturnType<typeof localBroker>;
  let app: FastifyInstance;

  beforeEach(() => {
    local = localBroker();
    app = httpServer();
    app.register(pubsubRest(local.broker));
  });

  afterEach(async () => {
    await app.close();
    local.close();
  });

  async function send(method: InjectOptions['method'] & string, path: string, payload?: object) {
    const response = await app.inject({method, url: `/v1/${path}`, ...(payload && {payload})});
    return {code: response.statusCode, body: response.json()};
  }

  async function createBoth() {
    await send('PUT', TOPIC, {});
    return send('PUT', SUB, {topic: TOPIC, messageRetentionDuration: '600s', labels: {team: 'ml'}});
  }

  it('creates and shows a subscription in the JSON of the service', async () => {
    const created = await createBoth();

    const shown = await send('GET', SUB);

    const {name, topic, ackDeadlineSeconds, messageRetentionDuration, labels} = shown.body;
    assert.deepEqual(shown, created);
    assert.deepEqual(
      {name, topic, ackDeadlineSeconds, messageRetentionDuration, labels},
      {
        name: SUB,
        topic: TOPIC,
        ackDeadlineSeconds: 10,
        messageRetentionDuration: '600s',
        labels: {team: 'ml'},
      },
    );
  });

  it('takes a message from publish to acknowledge', async () => {
    await createBoth();
    const messages = [{data: 'aGVsbG8=', attributes: {run: 'r-1'}, orderingKey: 'key'}];

    const {body: published} = await send('POST', `${TOPIC}:publish`, {messages});
    const {body: pulled} = await send('POST', `${SUB}:pull`, {maxMessages: 5, returnImmediately: false});
    const [{ackId, message}] = pulled.receivedMessages;
    const acknowledged = await send('POST', `${SUB}:acknowledge`, {ackIds: [ackId]});
    await send('POST', `${SUB}:modifyAckDeadline`, {ackIds: [ackId], ackDeadlineSeconds: 0});
    const {body: rest} = await send('POST', `${SUB}:pull`, {maxMessages: 5, returnImmediately: true});

    assert.deepEqual(published.messageIds, [message.messageId]);
    assert.match(message.publishTime, /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.deepEqual(
      {data: message.data, attributes: message.attributes, orderingKey: message.orderingKey},
      messages[0],
    );
    assert.deepEqual(acknowledged, {code: 200, body: {}});
    assert.deepEqual(rest, {});
  });

  it('leases nothing to a caller that has hung up', async () => {
    await createBoth();
    const url = await app.listen({port: 0, host: '127.0.0.1'});
    const caller = new AbortController();
    const requested = once(app.server, 'request');
    const body = JSON.stringify({maxMessages: 1});
    const headers = {'content-type': 'application/json'};
    const pulling = fetch(`${url}/v1/${SUB}:pull`, {method: 'POST', headers, body, signal: caller.signal});
    const [{socket}] = await requested;
    const hungUp = once(socket, 'close');

    caller.abort();
    await Promise.all([assert.rejects(pulling), hungUp]);
    await send('POST', `${TOPIC}:publish`, {messages: [{data: 'aA=='}]});

    const {body: pulled} = await send('POST', `${SUB}:pull`, {maxMessages: 1, returnImmediately: true});
    assert.equal(pulled.receivedMessages.length, 1);
  });

  it('lists page by page, in the order of the names', async () => {
    for (const id of ['ccc', 'aaa', 'bbb']) await send('PUT', `projects/p/topics/${id}`, {});
    await send('PUT', 'projects/other/topics/aaa', {});

    const {body: first} = await send('GET', 'projects/p/topics?pageSize=2&alt=json');
    const {body: second} = await send('GET', `projects/p/topics?pageToken=${first.nextPageToken}`);

    const names = [first, second].map(({topics}) => topics.map(({name}: {name: string}) => name));
    assert.deepEqual(names, [['projects/p/topics/aaa', 'projects/p/topics/bbb'], ['projects/p/topics/ccc']]);
    assert.equal(second.nextPageToken, undefined);
  });

  it('updates what the mask names', async () => {
    await createBoth();

    const {body} = await send('PATCH', SUB, {
      subscription: {ackDeadlineSeconds: 60, labels: {}},
      updateMask: 'ackDeadlineSeconds',
    });

    assert.equal(body.ackDeadlineSeconds, 60);
    assert.deepEqual(body.labels, {team: 'ml'});
  });

  for (const [what, path, body, message] of [
    ['an unknown field', TOPIC, {bogus: 1}, /Unknown name "bogus": Cannot find field\./],
    ['an unknown field further in', SUB, {retryPolicy: {bogus: 1}}, /Unknown name "bogus"/],
    ['an object for a number', SUB, {topic: TOPIC, ackDeadlineSeconds: {}}, /Invalid JSON payload/],
    ['a number for a duration', SUB, {topic: TOPIC, messageRetentionDuration: 600}, /Invalid JSON payload/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const {code, body: answer} = await send('PUT', path, body);

      assert.equal(code, 400);
      assert.equal(answer.error.status, 'INVALID_ARGUMENT');
      assert.match(answer.error.message, message);
    });
  }

  it('refuses an unknown field in one of many messages', async () => {
    await createBoth();

    const {code} = await send('POST', `${TOPIC}:publish`, {messages: [{data: 'aA=='}, {text: 'hi'}]});

    assert.equal(code, 400);
  });

  it('refuses an unknown query parameter', async () => {
    assert.equal((await send('GET', 'projects/p/topics?limit=2')).code, 400);
  });

  it('answers 404 for what does not exist and 409 for what does', async () => {
    await createBoth();

    assert.equal((await send('GET', 'projects/p/topics/unknown')).code, 404);
    assert.equal((await send('DELETE', 'projects/p/subscriptions/unknown')).code, 404);
    assert.equal((await send('PUT', TOPIC, {})).code, 409);
    assert.equal((await send('POST', `${TOPIC}:unknown`, {})).code, 404);
  });

  it('answers 501 for what the local cloud lacks', async () => {
    await createBoth();

    const {code, body} = await send('POST', `${SUB}:seek`, {time: '2026-01-01T00:00:00Z'});

    assert.equal(code, 501);
    assert.equal(body.error.status, 'UNIMPLEMENTED');
  });
});
