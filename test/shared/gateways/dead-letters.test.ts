import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Cloud, startCloud} from '../../../local/cloud.ts';
import {type DeadLetters, deadLettersGateway} from '../../../shared/gateways/dead-letters.ts';

const PARENT = 'projects/the-project';
const GIVEN_UP = {
  CloudPubSubDeadLetterSourceSubscription: 'worker',
  CloudPubSubDeadLetterSourceSubscriptionProject: 'the-project',
  CloudPubSubDeadLetterSourceDeliveryCount: '10',
};

describe('dead letters', function () {
  this.timeout(20_000);
  const environment = {...process.env};
  let folder: string;
  let cloud: Cloud;
  let letters: DeadLetters;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dead-letters-'));
    const project = {id: 'the-project', number: '7'};
    cloud = await startCloud({folder, project, region: 'us-central1', httpPort: 0, grpcPort: 0});
    process.env.PUBSUB_EMULATOR_HOST = cloud.grpcAddress;
    for (const topic of ['work', 'dead-letters']) await call('PUT', `topics/${topic}`, {});
    const topics = {worker: 'work', watcher: 'work', 'dead-letters': 'dead-letters'};
    for (const [name, topic] of Object.entries(topics)) {
      await call('PUT', `subscriptions/${name}`, {topic: `${PARENT}/topics/${topic}`});
    }
    letters = deadLettersGateway('the-project');
  });

  after(async () => {
    process.env = environment;
    await cloud.close();
    rmSync(folder, {recursive: true});
  });

  async function call(method: string, path: string, body: object) {
    const headers = {'content-type': 'application/json'};
    const answer = await fetch(`${cloud.httpUrl}/v1/${PARENT}/${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, path);
    return answer.json();
  }

  async function publish(data: string, attributes: object): Promise<void> {
    await call('POST', 'topics/dead-letters:publish', {
      messages: [{data: Buffer.from(data).toString('base64'), attributes}],
    });
  }

  it('are taken with what they carry and where they come from, and lent to one at a time', async () => {
    await publish('{"runId":"r1"}', {...GIVEN_UP, own: 'kept'});

    const [letter] = await letters.take(1);

    assert.ok(letter);
    assert.deepEqual(
      [letter.body, letter.source, letter.attributes.own],
      ['{"runId":"r1"}', `${PARENT}/subscriptions/worker`, 'kept'],
    );
    assert.ok(Number.isFinite(Date.parse(letter.publishedAt)));
    assert.deepEqual(await letters.take(10), []);
    await letters.giveBack([letter]);
    const [again] = await letters.take(1);
    assert.equal(again?.id, letter.id);
  });

  it('go back to the topic they came from, saying what they repeat, and are gone', async () => {
    await publish('{"runId":"r2"}', {...GIVEN_UP, own: 'kept'});
    const [letter] = await letters.take(1);
    assert.ok(letter);

    await letters.replay(letter);

    const pulled = (await call('POST', 'subscriptions/worker:pull', {maxMessages: 10})) as {
      receivedMessages: {message: {data: string; attributes: object}}[];
    };
    assert.deepEqual(
      pulled.receivedMessages.map(({message: {data, attributes}}) => ({data, attributes})),
      [
        {
          data: Buffer.from('{"runId":"r2"}').toString('base64'),
          attributes: {own: 'kept', replayOf: letter.id},
        },
      ],
    );
  });

  it('stay when they came from nowhere, or when the subscription is gone', async () => {
    await publish('{"runId":"r3","stage":"split-data","reason":"503"}', {});
    await publish('{"runId":"r4"}', {...GIVEN_UP, CloudPubSubDeadLetterSourceSubscription: 'gone'});
    const taken = await letters.take(2);

    for (const letter of taken) await assert.rejects(letters.replay(letter), {code: 'REPLAY_IMPOSSIBLE'});

    await letters.giveBack(taken);
    assert.equal((await letters.take(2)).length, 2);
  });
});
