import assert from 'node:assert/strict';
import {type LocalStorage, startStorage} from './start-storage.ts';

describe('a bucket', () => {
  let service: LocalStorage;
  before(async () => {
    service = await startStorage();
  });
  after(() => service.close());

  it('is created with what was asked for', async () => {
    const [, answer] = await service.storage.createBucket('made', {
      location: 'europe-west1',
      labels: {team: 'blue'},
    });

    const {kind, name, location, labels, metageneration, projectNumber} = answer as Record<string, unknown>;
    assert.deepEqual(
      {kind, name, location, labels, metageneration, projectNumber},
      {
        kind: 'storage#bucket',
        name: 'made',
        location: 'EUROPE-WEST1',
        labels: {team: 'blue'},
        metageneration: '1',
        projectNumber: '123456789012',
      },
    );
  });

  it('is not created twice', async () => {
    await service.storage.createBucket('once');

    await assert.rejects(service.storage.createBucket('once'), {code: 409});
  });

  it('is listed with its project only, page by page', async () => {
    for (const name of ['listed-1', 'listed-2', 'listed-3']) await service.storage.createBucket(name);

    const [found, next] = await service.storage.getBuckets({
      prefix: 'listed-',
      maxResults: 2,
      autoPaginate: false,
    });
    const [rest] = await service.storage.getBuckets({...next, autoPaginate: false});

    assert.deepEqual(
      [...found, ...rest].map(({name}) => name),
      ['listed-1', 'listed-2', 'listed-3'],
    );
    assert.deepEqual((await service.storage.getBuckets({project: 'other'}))[0], []);
  });

  it('keeps and drops labels', async () => {
    const [bucket] = await service.storage.createBucket('labelled', {labels: {a: '1', b: '2'}});

    const [patched] = await bucket.setMetadata({labels: {a: null, c: '3'}});

    assert.deepEqual(patched.labels, {b: '2', c: '3'});
    assert.equal(patched.metageneration, '2');
    await assert.rejects(bucket.setMetadata({labels: {d: '4'}}, {ifMetagenerationMatch: 1}), {code: 412});
  });

  it('is deleted when it is empty, and only then', async () => {
    const [bucket] = await service.storage.createBucket('emptied');
    await bucket.file('x').save('x', {resumable: false});

    await assert.rejects(bucket.delete(), {code: 409});
    await bucket.file('x').delete();
    await bucket.delete();

    assert.deepEqual(await bucket.exists(), [false]);
  });

  it('leaves no notifications to the next bucket of its name', async () => {
    const [bucket] = await service.storage.createBucket('reborn');
    await post('/storage/v1/b/reborn/notificationConfigs', {
      topic: 'projects/p/topics/t',
      payload_format: 'NONE',
    });
    await bucket.delete();

    await service.storage.createBucket('reborn');

    assert.deepEqual((await bucket.getNotifications())[0], []);
  });

  it('has a storage layout, and the project a service account', async () => {
    await service.storage.createBucket('laid-out', {location: 'us-central1'});

    const layout = await fetch(`${service.origin}/storage/v1/b/laid-out/storageLayout`);
    const [account] = await service.storage.getServiceAccount();

    assert.deepEqual(await layout.json(), {
      kind: 'storage#storageLayout',
      bucket: 'laid-out',
      location: 'US-CENTRAL1',
      locationType: 'region',
      hierarchicalNamespace: {enabled: false},
    });
    assert.match(String(account.emailAddress), /^service-123456789012@/);
  });

  describe('is refused', () => {
    const REFUSED = {
      'with an unknown field': {name: 'refused', colour: 'red'},
      'without a name': {},
      'with a name in capitals': {name: 'REFUSED'},
      'with a name too short': {name: 'ab'},
      'with labels that are no texts': {name: 'refused', labels: {a: 1}},
      'with versioning, which is not offered': {name: 'refused', versioning: {enabled: true}},
    };
    for (const [how, body] of Object.entries(REFUSED)) {
      it(how, async () => assert.equal((await post('/storage/v1/b?project=local', body)).status, 400));
    }

    it('without a project', async () => {
      assert.equal((await post('/storage/v1/b', {name: 'refused'})).status, 400);
    });

    it('naming the unknown field in the words of the real service', async () => {
      const answer = await post('/storage/v1/b?project=local', {name: 'refused', labels: {}, colour: 'red'});

      const {error} = (await answer.json()) as {error: {status: string; message: string}};
      assert.equal(error.status, 'INVALID_ARGUMENT');
      assert.equal(error.message, 'Invalid JSON payload received. Unknown name "colour": Cannot find field.');
    });
  });

  function post(path: string, body: object): Promise<Response> {
    const headers = {'content-type': 'application/json'};
    return fetch(service.origin + path, {method: 'POST', body: JSON.stringify(body), headers});
  }
});
