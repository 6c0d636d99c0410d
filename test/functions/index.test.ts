import assert from 'node:assert/strict';
import {once} from 'node:events';
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {cloudEvent} from '@google-cloud/functions-framework';
import {getFunction, getTestServer} from '@google-cloud/functions-framework/testing';
import pino from 'pino';
import {stub} from 'sinon';
import {readDeployment} from '../../cli/deployment.ts';
import {receiveData} from '../../functions/receive-data.ts';
import {RetryableError} from '../../shared/errors.ts';
import {handle} from '../../shared/handle.ts';
import {BUCKETS, emptyWorld, memoryPorts, type World} from '../support/memory-ports.ts';

const ENV = {
  GOOGLE_CLOUD_PROJECT: 'the-project',
  MILLRACE_DATA_BUCKET: BUCKETS.data,
  MILLRACE_RUNS_BUCKET: BUCKETS.runs,
  MILLRACE_ADMISSION_BUCKET: BUCKETS.admission,
};
const NAME = 'receive-data-in-memory';
const HEADERS = {
  'ce-id': '1',
  'ce-source': `//storage.googleapis.com/projects/_/buckets/${BUCKETS.data}`,
  'ce-type': 'google.cloud.storage.object.v1.finalized',
  'ce-specversion': '1.0',
};
const OBJECT = {bucket: BUCKETS.data, name: 'flowers/data/flowers.csv', generation: '1767225600000002'};

describe('the functions', () => {
  const before: Record<string, string | undefined> = {};

  afterEach(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('are registered under the names that are deployed', async () => {
    for (const [name, value] of Object.entries(ENV)) {
      before[name] = process.env[name];
      process.env[name] = value;
    }
    await import('../../functions/index.ts');

    const deployed = Object.keys((await readDeployment()).functions);
    assert.deepEqual(
      deployed.filter((name) => getFunction(name) === undefined),
      [],
    );
    assert.equal(deployed.length, 9);
  });
});

describe('a function served by the framework', () => {
  let world: World;
  let server: Server;

  beforeEach(async () => {
    world = emptyWorld();
    cloudEvent(NAME, handle(receiveData, memoryPorts(world), pino({level: 'silent'})));
    server = getTestServer(NAME).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    server.close();
    await once(server, 'close');
  });

  async function send(headers: Record<string, string>, body?: unknown): Promise<number> {
    const {port} = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: {'content-type': 'application/json', connection: 'close', ...headers},
      ...(body === undefined ? {} : {body: JSON.stringify(body)}),
    });
    await answer.body?.cancel();
    return answer.status;
  }

  function reasons() {
    return [...world.rejects.values()].map(({complaint}) => complaint.code);
  }

  it('acknowledges an event it has handled', async () => {
    assert.equal(await send(HEADERS, OBJECT), 204);
    assert.equal(world.runs.size, 1);
  });

  it('acknowledges an event in structured mode', async () => {
    const [id, source, type, specversion] = Object.values(HEADERS);
    const event = {id, source, type, specversion, datacontenttype: 'application/json', data: OBJECT};

    assert.equal(await send({'content-type': 'application/cloudevents+json'}, event), 204);
    assert.equal(world.runs.size, 1);
  });

  it('acknowledges and rejects a request without CloudEvent headers', async () => {
    assert.equal(await send({}, OBJECT), 204);
    assert.deepEqual(reasons(), ['ENVELOPE_INVALID']);
  });

  it('acknowledges and rejects a request without a body', async () => {
    assert.equal(await send({}), 204);
    assert.deepEqual(reasons(), ['ENVELOPE_INVALID']);
  });

  it('acknowledges and rejects an empty ce-id', async () => {
    assert.equal(await send({...HEADERS, 'ce-id': ''}, OBJECT), 204);
    assert.deepEqual(reasons(), ['ENVELOPE_INVALID']);
  });

  it('answers 500 to have an event again that it could not handle yet', async () => {
    world.beforeEffect = () => {
      throw new RetryableError('the database is away');
    };
    const told = stub(console, 'error');

    assert.equal(await send(HEADERS, OBJECT), 500);
    assert.match(String(told.args[0]?.[0]), /the database is away/);
  });
});
