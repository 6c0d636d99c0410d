import assert from 'node:assert/strict';
import {once} from 'node:events';
import {get, type IncomingMessage} from 'node:http';
import {text} from 'node:stream/consumers';
import {gunzipSync, gzipSync} from 'node:zlib';
import {type LocalStorage, startStorage} from './start-storage.ts';

describe('a download', () => {
  let service: LocalStorage;
  before(async () => {
    service = await startStorage();
    await service.storage.createBucket('downloads');
    await file('ten').save('0123456789', {resumable: false, contentType: 'text/plain'});
    await file('zipped').save(gzipSync('unzipped text'), {
      resumable: false,
      metadata: {contentEncoding: 'gzip', contentType: 'text/plain'},
    });
  });
  after(() => service.close());

  const file = (object: string) => service.storage.bucket('downloads').file(object);
  const urlOf = (object: string) =>
    `${service.origin}/storage/v1/b/downloads/o/${encodeURIComponent(object)}?alt=media`;

  /** Without the fetch API's own headers and decoding. */
  async function download(object: string, headers = {}): Promise<IncomingMessage> {
    const [response] = await once(get(urlOf(object), {headers}), 'response');
    return response;
  }

  it('carries what clients check the bytes by', async () => {
    const [{generation, etag}] = await file('ten').getMetadata();

    const {headers} = await download('ten');

    assert.equal(headers['content-length'], '10');
    assert.equal(headers['content-type'], 'text/plain');
    assert.equal(headers.etag, etag);
    assert.equal(headers['x-goog-generation'], generation);
    assert.equal(headers['x-goog-hash'], 'crc32c=KAwGng==,md5=eB5eJF1ptWaXm4bijSPyxw==');
    assert.equal(headers['x-goog-stored-content-encoding'], 'identity');
    assert.equal(headers['x-goog-stored-content-length'], '10');
  });

  it('of a range says which', async () => {
    const response = await download('ten', {range: 'bytes=7-'});

    assert.equal(response.statusCode, 206);
    assert.equal(response.headers['content-range'], 'bytes 7-9/10');
    assert.equal(response.headers['content-length'], '3');
    assert.equal(await text(response), '789');
  });

  it('behind the end says how long the object is', async () => {
    const response = await download('ten', {range: 'bytes=10-'});

    assert.equal(response.statusCode, 416);
    assert.equal(response.headers['content-range'], 'bytes */10');
    assert.match(await text(response), /requestedRangeNotSatisfiable/);
  });

  it('is the same under every path clients use', async () => {
    for (const path of ['/storage/v1', '', '/download/storage/v1']) {
      const answer = await fetch(`${service.origin}${path}/b/downloads/o/ten?alt=media`);
      assert.equal(await answer.text(), '0123456789');
    }
  });

  it('follows the mediaLink of the resource', async () => {
    const [{mediaLink}] = await file('ten').getMetadata();

    assert.equal(await (await fetch(String(mediaLink))).text(), '0123456789');
  });

  it('of an overwritten object that is running ends with the old bytes', async () => {
    await file('long').save(Buffer.alloc(8_000_000, 'old '), {resumable: false});
    const running = await download('long');

    await file('long').save('new', {resumable: false});

    assert.equal(await text(running), 'old '.repeat(2_000_000));
    assert.equal(await text(await download('long')), 'new');
  });

  it('is unzipped for who does not take gzip', async () => {
    const response = await download('zipped');

    assert.equal(response.headers['content-encoding'], undefined);
    assert.equal(response.headers['x-goog-stored-content-encoding'], 'gzip');
    assert.equal(await text(response), 'unzipped text');
  });

  it('stays zipped for who takes gzip', async () => {
    const response = await download('zipped', {'accept-encoding': 'gzip'});

    assert.equal(response.headers['content-encoding'], 'gzip');
    assert.equal(String(gunzipSync(Buffer.concat(await response.toArray()))), 'unzipped text');
  });

  it('stays zipped for everyone when the object says no-transform', async () => {
    await file('as-is').save(gzipSync('text'), {
      resumable: false,
      metadata: {contentEncoding: 'gzip', cacheControl: 'no-transform'},
    });

    assert.equal((await download('as-is')).headers['content-encoding'], 'gzip');
  });

  it('is refused when a precondition fails', async () => {
    const [{generation}] = await file('ten').getMetadata();

    assert.equal((await fetch(`${urlOf('ten')}&ifGenerationMatch=1`)).status, 412);
    assert.equal((await fetch(`${urlOf('ten')}&ifMetagenerationMatch=9`)).status, 412);
    assert.equal((await fetch(`${urlOf('ten')}&ifGenerationMatch=ten`)).status, 400);
    assert.equal((await fetch(`${urlOf('ten')}&generation=1`)).status, 404);
    assert.equal((await fetch(`${urlOf('ten')}&ifGenerationMatch=${generation}`)).status, 200);
  });

  it('is saved when the caller has this generation already', async () => {
    const [{generation}] = await file('ten').getMetadata();

    assert.equal((await fetch(`${urlOf('ten')}&ifGenerationNotMatch=${generation}`)).status, 304);
    assert.equal((await fetch(`${urlOf('ten')}&ifMetagenerationNotMatch=1`)).status, 304);
    assert.equal((await fetch(`${urlOf('ten')}&ifGenerationNotMatch=1`)).status, 200);
  });
});
