import assert from 'node:assert/strict';
import {stub} from 'sinon';
import {ApiError} from '../../../local/api-error.ts';
import {type LocalStorage, type Published, startStorage} from './start-storage.ts';

const TOPIC = 'projects/local/topics/changes';

describe('a notification', () => {
  let service: LocalStorage;
  beforeEach(async () => {
    service = await startStorage();
    await service.storage.createBucket('watched');
  });
  afterEach(() => service.close());

  const bucket = () => service.storage.bucket('watched');
  const save = async (object: string, content: string) => {
    await bucket().file(object).save(content, {resumable: false});
    const [{generation}] = await bucket().file(object).getMetadata();
    return String(generation);
  };
  const configure = (body: object) =>
    post(`${service.origin}/storage/v1/b/watched/notificationConfigs`, body);

  it('tells of a new object with its resource and the attributes of the real service', async () => {
    await configure({topic: `//pubsub.googleapis.com/${TOPIC}`, payload_format: 'JSON_API_V1'});

    const generation = await save('in/data.csv', '1,2');

    const [{topic, attributes, data}] = service.published as [Published];
    const {eventTime, ...rest} = attributes ?? {};
    assert.equal(topic, TOPIC);
    assert.ok(Date.parse(eventTime ?? '') <= Date.now());
    assert.deepEqual(rest, {
      notificationConfig: 'projects/_/buckets/watched/notificationConfigs/1',
      eventType: 'OBJECT_FINALIZE',
      payloadFormat: 'JSON_API_V1',
      bucketId: 'watched',
      objectId: 'in/data.csv',
      objectGeneration: generation,
    });
    const object = JSON.parse(Buffer.from(data).toString());
    assert.deepEqual(
      [object.kind, object.bucket, object.name, object.generation, object.size],
      ['storage#object', 'watched', 'in/data.csv', generation, '3'],
    );
  });

  it('tells both sides of an overwriting', async () => {
    const old = await save('x', '1');
    await configure({topic: TOPIC, payload_format: 'NONE'});

    const generation = await save('x', '2');

    assert.deepEqual(
      service.published.map(({attributes}) => ({
        eventType: attributes?.eventType,
        of: attributes?.objectGeneration,
        overwrote: attributes?.overwroteGeneration,
        by: attributes?.overwrittenByGeneration,
      })),
      [
        {eventType: 'OBJECT_FINALIZE', of: generation, overwrote: old, by: undefined},
        {eventType: 'OBJECT_DELETE', of: old, overwrote: undefined, by: generation},
      ],
    );
  });

  it('tells of changed metadata and of deletion', async () => {
    await save('x', '1');
    await configure({topic: TOPIC, payload_format: 'NONE', custom_attributes: {team: 'blue'}});

    await bucket()
      .file('x')
      .setMetadata({metadata: {a: 'b'}});
    await bucket().file('x').delete();

    const told = service.published.map(({attributes, data}) => [
      attributes?.eventType,
      attributes?.team,
      data.length,
    ]);
    assert.deepEqual(told, [
      ['OBJECT_METADATA_UPDATE', 'blue', 0],
      ['OBJECT_DELETE', 'blue', 0],
    ]);
  });

  it('tells only of the types and names it was made for', async () => {
    await configure({
      topic: TOPIC,
      payload_format: 'NONE',
      event_types: ['OBJECT_DELETE'],
      object_name_prefix: 'in/',
    });

    await save('in/x', '1');
    await save('out/x', '1');
    await bucket().file('in/x').delete();
    await bucket().file('out/x').delete();

    assert.deepEqual(
      service.published.map(({attributes}) => attributes?.objectId),
      ['in/x'],
    );
  });

  it('tells nothing when an upload is refused', async () => {
    await configure({topic: TOPIC, payload_format: 'NONE'});

    const refused = bucket()
      .file('x')
      .save('1', {resumable: false, metadata: {md5Hash: 'AAAA'}});

    await assert.rejects(refused, {code: 400});
    assert.deepEqual(service.published, []);
  });

  it('that could not be published is published after a restart', async () => {
    await service.close();
    service = await startStorage(() => {
      throw new Error('killed here');
    });
    await service.storage.createBucket('watched');
    await configure({topic: TOPIC, payload_format: 'NONE'});
    const url = `${service.origin}/upload/storage/v1/b/watched/o?uploadType=media&name=x`;
    stub(console, 'error');
    await fetch(url, {method: 'POST', body: '1'});

    const again = await service.again(() => '1');

    assert.deepEqual(
      again.published.map(({attributes}) => attributes?.objectId),
      ['x'],
    );
    await again.stop();
  });

  it('to a topic that is gone does not disturb the writer', async () => {
    await service.close();
    service = await startStorage((topic) => {
      throw new ApiError('NOT_FOUND', `no topic ${topic}`);
    });
    await service.storage.createBucket('watched');
    await configure({topic: TOPIC, payload_format: 'NONE'});

    await save('x', '1');

    assert.deepEqual(await bucket().file('x').exists(), [true]);
  });

  it('is made, read, listed and deleted by the client', async () => {
    const [made] = await bucket().createNotification('changes', {
      eventTypes: ['OBJECT_FINALIZE'],
    });
    const [metadata] = await made.getMetadata();
    const [all] = await bucket().getNotifications();

    assert.equal(metadata.topic, `//pubsub.googleapis.com/${TOPIC}`);
    assert.deepEqual(
      all.map(({id}) => id),
      [made.id],
    );
    await made.delete();
    assert.deepEqual((await bucket().getNotifications())[0], []);
    await assert.rejects(made.getMetadata(), {code: 404});
  });

  describe('is refused', () => {
    const REFUSED = {
      'without a topic': {payload_format: 'NONE'},
      'for something that is no topic': {topic: 'changes', payload_format: 'NONE'},
      'without a payload format': {topic: TOPIC},
      'with an unknown payload format': {topic: TOPIC, payload_format: 'XML'},
      'with an unknown event type': {topic: TOPIC, payload_format: 'NONE', event_types: ['OBJECT_RENAMED']},
      'with an unknown field': {topic: TOPIC, payload_format: 'NONE', payloadFormat: 'NONE'},
    };
    for (const [how, body] of Object.entries(REFUSED)) {
      it(how, async () => assert.equal((await configure(body)).status, 400));
    }

    it('for an unknown bucket', async () => {
      const url = `${service.origin}/storage/v1/b/absent/notificationConfigs`;

      assert.equal((await post(url, {topic: TOPIC, payload_format: 'NONE'})).status, 404);
    });
  });
});

function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {'content-type': 'application/json'},
  });
}
