import {strict as assert} from 'node:assert';
import {messagePublished, objectFinalized} from '../../../local/eventarc/cloud-event.ts';

const ATTRIBUTES = {
  eventType: 'OBJECT_FINALIZE',
  payloadFormat: 'JSON_API_V1',
  bucketId: 'in',
  objectId: 'raw/d.csv',
  eventTime: '2026-01-01T00:00:00.000Z',
};
const OBJECT = {kind: 'storage#object', bucket: 'in', name: 'raw/d.csv', generation: '1767225600000000'};

function delivery(attributes: Record<string, string>, data: object = {}) {
  const base64 = Buffer.from(JSON.stringify(data)).toString('base64');
  const message = {id: '11', publishedMs: 0, data: base64, attributes, orderingKey: ''};
  return {ackId: '11:1', message, attempt: 1, untilMs: 10_000};
}

describe('objectFinalized', () => {
  it('sends the notification as a CloudEvent in binary mode', () => {
    const request = objectFinalized(delivery(ATTRIBUTES, OBJECT));

    assert.deepEqual(request?.headers, {
      'ce-id': '11',
      'ce-source': '//storage.googleapis.com/projects/_/buckets/in',
      'ce-type': 'google.cloud.storage.object.v1.finalized',
      'ce-specversion': '1.0',
      'ce-subject': 'objects/raw/d.csv',
      'ce-time': '2026-01-01T00:00:00.000Z',
      'ce-bucket': 'in',
      'content-type': 'application/json',
    });
    assert.deepEqual(JSON.parse(request.body), OBJECT);
  });

  it('escapes what a header cannot carry', () => {
    const request = objectFinalized(delivery({...ATTRIBUTES, objectId: 'größe 100%/"日本".csv'}));

    const subject = request?.headers['ce-subject'] ?? '';
    assert.equal(subject, 'objects/gr%C3%B6%C3%9Fe%20100%25/%22%E6%97%A5%E6%9C%AC%22.csv');
  });

  for (const eventType of ['OBJECT_DELETE', 'OBJECT_ARCHIVE', 'OBJECT_METADATA_UPDATE']) {
    it(`sends nothing for ${eventType}`, () => {
      assert.equal(objectFinalized(delivery({...ATTRIBUTES, eventType})), undefined);
    });
  }

  it('sends nothing for a message that is no notification with a payload', () => {
    assert.equal(objectFinalized(delivery({...ATTRIBUTES, payloadFormat: 'NONE'})), undefined);
    assert.equal(objectFinalized(delivery({})), undefined);
  });
});

describe('messagePublished', () => {
  it('sends the push body as a CloudEvent in binary mode', () => {
    const data = {message: {messageId: '11'}, subscription: 'projects/p/subscriptions/s'};

    assert.deepEqual(messagePublished('projects/p/topics/t', data, delivery({})), {
      headers: {
        'ce-id': '11',
        'ce-source': '//pubsub.googleapis.com/projects/p/topics/t',
        'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
        'ce-specversion': '1.0',
        'ce-time': '1970-01-01T00:00:00.000Z',
        'content-type': 'application/json',
      },
      body: JSON.stringify(data),
    });
  });
});
