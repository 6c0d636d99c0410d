import assert from 'node:assert/strict';
import {once} from 'node:events';
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import pino from 'pino';
import {receiveData} from '../../functions/receive-data.ts';
import {recordFailure} from '../../functions/record-failure.ts';
import {handle, type Stage} from '../../shared/handle.ts';
import {BUCKETS, emptyWorld, memoryPorts, type World} from '../support/memory-ports.ts';
import {serveEventFunction} from '../support/serve-function.ts';

/** The path of a subscription's push endpoint: infra/subscriptions.tf. */
const PATH = '/projects/the-project/topics/';
const TABLE = {pipeline: 'orders', table: 'bq://the-project.sales.orders'};

/** What a subscription of our own pushes, in Pub/Sub's own wrapper and without CloudEvent headers. */
describe('a message that is pushed without Eventarc', () => {
  let world: World;
  let server: Server;

  beforeEach(() => {
    world = emptyWorld();
  });

  afterEach(async () => {
    server.close();
    await once(server, 'close');
  });

  async function serve(stage: Parameters<typeof handle>[0]): Promise<void> {
    server = await serveEventFunction(handle(stage, memoryPorts(world), pino({level: 'silent'})));
  }

  async function push(topic: string, message: object): Promise<number> {
    const {port} = server.address() as AddressInfo;
    const subscription = 'projects/the-project/subscriptions/one';
    const answer = await fetch(`http://127.0.0.1:${port}${PATH}${topic}`, {
      method: 'POST',
      headers: {'content-type': 'application/json', connection: 'close'},
      body: JSON.stringify({
        message: {messageId: '7', publishTime: '2026-01-31T12:00:00.5Z', ...message},
        subscription,
      }),
    });
    await answer.body?.cancel();
    return answer.status;
  }

  it('is the same event to a function', async () => {
    await serve(receiveData as Stage<never, never, never>);
    const object = {bucket: BUCKETS.data, name: 'flowers/data/flowers.csv', generation: '1767225600000002'};

    assert.equal(await push('data-ready', {data: encoded(object)}), 204);
    assert.deepEqual(
      [...world.runs.values()].map(({input}) => input.name),
      [object.name],
    );
  });

  it('keeps the time at which it was published', async () => {
    world.sources = {...world.sources, datasets: ['the-project.sales']};
    await serve(receiveData as Stage<never, never, never>);

    assert.equal(await push('data-ready', {data: encoded(TABLE)}), 204);
    assert.match(JSON.stringify([...world.runs.values()]), /1769860800500000/);
  });

  it('keeps its attributes', async () => {
    await serve(recordFailure as Stage<never, never, never>);
    const attributes = {CloudPubSubDeadLetterSourceSubscription: 'run-accepted-to-split-data'};

    assert.equal(await push('dead-letters', {data: encoded({nobody: 'knows'}), attributes}), 204);
    assert.deepEqual(
      [...world.rejects.values()].map(({complaint}) => complaint.where),
      ['run-accepted-to-split-data'],
    );
  });

  it('is rejected and acknowledged when it has no data', async () => {
    await serve(receiveData as Stage<never, never, never>);

    assert.equal(await push('data-ready', {attributes: {a: 'b'}}), 204);
    assert.deepEqual(
      [...world.rejects.values()].map(({complaint}) => complaint.code),
      ['ENVELOPE_INVALID'],
    );
  });

  it('is rejected and acknowledged when it is in no wrapper', async () => {
    await serve(receiveData as Stage<never, never, never>);

    assert.equal(await push('data-ready', {messageId: undefined, data: encoded(TABLE)}), 204);
    assert.deepEqual(
      [...world.rejects.values()].map(({complaint}) => complaint.code),
      ['ENVELOPE_INVALID'],
    );
  });
});

function encoded(body: object): string {
  return Buffer.from(JSON.stringify(body)).toString('base64');
}
