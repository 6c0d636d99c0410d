import assert from 'node:assert/strict';
import {once} from 'node:events';
import type {Server} from 'node:http';
import pino from 'pino';
import sinon from 'sinon';
import {receiveData} from '../../../functions/receive-data.ts';
import {RetryableError} from '../../../shared/errors.ts';
import {handle} from '../../../shared/handle.ts';
import {ask} from '../../support/http-client.ts';
import {BUCKETS, emptyWorld, memoryPorts, type World} from '../../support/memory-ports.ts';
import {serveEventFunction} from '../../support/serve-function.ts';

const ATTRIBUTES = {
  id: '1',
  source: `//storage.googleapis.com/projects/_/buckets/${BUCKETS.data}`,
  type: 'google.cloud.storage.object.v1.finalized',
  specversion: '1.0',
};
const HEADERS = Object.fromEntries(Object.entries(ATTRIBUTES).map(([name, value]) => [`ce-${name}`, value]));
const OBJECT = {bucket: BUCKETS.data, name: 'flowers/data/flowers.csv', generation: '1767225600000002'};

describe('an event function, served', () => {
  let world: World;
  let server: Server;

  beforeEach(async () => {
    world = emptyWorld();
    server = await serveEventFunction(handle(receiveData, memoryPorts(world), pino({level: 'silent'})));
  });

  afterEach(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  const send = (headers: Record<string, string>, body: unknown = '') =>
    ask(server, {headers: {'content-type': 'application/json', ...headers}, body});

  function reasons() {
    return [...world.rejects.values()].map(({complaint}) => complaint.code);
  }

  it('acknowledges an event it has handled', async () => {
    assert.equal((await send(HEADERS, OBJECT)).status, 204);
    assert.equal(world.runs.size, 1);
  });

  for (const type of ['application/cloudevents+json', 'application/CloudEvents+json; charset=utf-8']) {
    it(`acknowledges an event in structured mode, ${type}`, async () => {
      const event = {...ATTRIBUTES, datacontenttype: 'application/json', data: OBJECT};

      assert.equal((await send({'content-type': type}, event)).status, 204);
      assert.equal(world.runs.size, 1);
    });
  }

  const rejected: [string, Record<string, string>, unknown, string][] = [
    ['a request without CloudEvent headers', {}, OBJECT, 'ENVELOPE_INVALID'],
    ['a request without anything', {}, '', 'ENVELOPE_INVALID'],
    ['an empty ce-id', {...HEADERS, 'ce-id': ''}, OBJECT, 'ENVELOPE_INVALID'],
    ['a batch of events', {'content-type': 'application/cloudevents-batch+json'}, [], 'ENVELOPE_INVALID'],
    ['a body that is not JSON', HEADERS, '{"bucket":', 'EVENT_INVALID'],
    ['a body that is no object', HEADERS, '7', 'EVENT_INVALID'],
    ['an event without a body', HEADERS, '', 'EVENT_INVALID'],
  ];
  for (const [what, headers, body, code] of rejected) {
    it(`acknowledges and rejects ${what}`, async () => {
      assert.equal((await send(headers, body)).status, 204);
      assert.deepEqual([reasons(), world.runs.size], [[code], 0]);
    });
  }

  it('is not called by GET', async () => {
    assert.equal((await ask(server, {method: 'GET', headers: HEADERS})).status, 404);
    assert.equal(world.rejects.size, 0);
  });

  it('answers 500 to have an event again that it could not handle yet, and keeps the cause to itself', async () => {
    const written = sinon.stub(console, 'error');
    world.beforeEffect = () => {
      throw new RetryableError('a secret of the database');
    };

    const {status, text} = await send(HEADERS, OBJECT);

    assert.equal(status, 500);
    assert.doesNotMatch(text, /secret/);
    assert.deepEqual(
      written.args.map(([line]) => JSON.parse(line)),
      [{severity: 'NOTICE', message: 'the event is to be delivered again'}],
    );
  });
});
