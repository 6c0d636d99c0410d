import assert from 'node:assert/strict';
import {type LocalStorage, startStorage} from './start-storage.ts';

describe('a bucket of requester pays', () => {
  let service: LocalStorage;
  before(async () => {
    service = await startStorage();
    await service.storage.createBucket('sold');
    const bucket = service.storage.bucket('sold');
    await bucket.file('rows.csv').save('x', {resumable: false});
    await bucket.setMetadata({billing: {requesterPays: true}});
  });
  after(() => service.close());

  const status = async (method: string, path: string) =>
    (await fetch(`${service.origin}${path}`, {method, body: method === 'POST' ? 'x' : null})).status;

  for (const [what, method, path] of [
    ['a listing', 'GET', '/storage/v1/b/sold/o?'],
    ['metadata', 'GET', '/storage/v1/b/sold/o/rows.csv?'],
    ['a download', 'GET', '/download/storage/v1/b/sold/o/rows.csv?alt=media&'],
    ['an upload', 'POST', '/upload/storage/v1/b/sold/o?uploadType=media&name=new.csv&'],
  ] as const) {
    it(`refuses ${what} that nobody pays for`, async () => {
      assert.equal(await status(method, path), 400);
      assert.equal(await status(method, `${path}userProject=payer`), 200);
    });
  }

  it('tells about itself for nothing', async () => {
    assert.equal(await status('GET', '/storage/v1/b/sold'), 200);
  });
});
