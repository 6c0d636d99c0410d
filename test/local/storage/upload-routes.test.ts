import assert from 'node:assert/strict';
import {once} from 'node:events';
import {readdir, watch} from 'node:fs/promises';
import {request} from 'node:http';
import {join} from 'node:path';
import {type LocalStorage, startStorage} from './start-storage.ts';

describe('an upload in one request', () => {
  let service: LocalStorage;
  before(async () => {
    service = await startStorage();
    await service.storage.createBucket('uploads');
  });
  after(() => service.close());

  const file = (object: string) => service.storage.bucket('uploads').file(object);
  const uploadsUnderWay = () => readdir(join(service.folder, 'uploads'));
  const post = (query: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${service.origin}/upload/storage/v1/b/uploads/o?${query}`, {method: 'POST', body, headers});

  it('of plain media takes its name from the query and its type from the header', async () => {
    const answer = await post('uploadType=media&name=a%2Fb.csv', '1,2\n', {'content-type': 'text/csv'});

    assert.equal(answer.status, 200);
    const [metadata] = await file('a/b.csv').getMetadata();
    assert.equal(metadata.contentType, 'text/csv');
    assert.equal(metadata.md5Hash, 'Ps+tdV+oJfehfFUm7ETmUQ==');
  });

  it('is read as gcloud writes it: LF alone, boundary in single quotes', async () => {
    const lines = [
      "--=='1==",
      '',
      '{"name": "gcloud"}',
      "--=='1==",
      'Content-Type: text/plain',
      '',
      'hello\n',
      "--=='1==--",
    ];
    const body = lines.join('\n').replaceAll("=='1==", '===1==');

    const answer = await post('uploadType=multipart', body, {
      'content-type': "multipart/related; boundary='===1=='",
    });

    assert.equal(answer.status, 200);
    assert.equal(String((await file('gcloud').download())[0]), 'hello\n');
  });

  it('is taken under every path clients use', async () => {
    for (const path of ['/upload/storage/v1', '/resumable/upload/storage/v1']) {
      const url = `${service.origin}${path}/b/uploads/o?uploadType=media&name=path`;
      assert.equal((await fetch(url, {method: 'POST', body: path})).status, 200);
      assert.equal(String((await file('path').download())[0]), path);
    }
  });

  it('leaves nothing when the client breaks off', async () => {
    const changes = watch(join(service.folder, 'uploads'));
    const appeared = changes.next();
    const url = `${service.origin}/upload/storage/v1/b/uploads/o?uploadType=media&name=broken`;
    const broken = request(url, {method: 'POST'}).on('error', () => undefined);
    broken.write(Buffer.alloc(300_000));

    await appeared;
    broken.destroy();
    for await (const _ of changes) if ((await uploadsUnderWay()).length === 0) break;

    assert.deepEqual(await file('broken').exists(), [false]);
  });

  describe('is refused', () => {
    const REFUSED: Record<string, [query: string, body: string, headers: Record<string, string>]> = {
      'without a name': ['uploadType=media', 'x', {}],
      'without an upload type': ['name=x', 'x', {}],
      'with an unknown upload type': ['uploadType=carrier-pigeon&name=x', 'x', {}],
      'with a precondition that is no number': ['uploadType=media&name=x&ifGenerationMatch=new', 'x', {}],
      'with a name of two dots': ['uploadType=media&name=..', 'x', {}],
      'with another md5 than x-goog-hash promises': [
        'uploadType=media&name=x',
        'x',
        {'x-goog-hash': 'crc32c=TQ0cZg==,md5=AAAAAAAAAAAAAAAAAAAAAA=='},
      ],
      'without a boundary': ['uploadType=multipart&name=x', 'x', {'content-type': 'multipart/related'}],
      'without the closing boundary': [
        'uploadType=multipart&name=x',
        '--b\r\n\r\n{}\r\n--b\r\n\r\ncut off',
        {'content-type': 'multipart/related; boundary=b'},
      ],
      'with metadata that are no JSON': [
        'uploadType=multipart&name=x',
        '--b\r\n\r\n{name\r\n--b\r\n\r\nx\r\n--b--',
        {'content-type': 'multipart/related; boundary=b'},
      ],
      'with metadata of an unknown field': [
        'uploadType=multipart&name=x',
        '--b\r\n\r\n{"colour": "red"}\r\n--b\r\n\r\nx\r\n--b--',
        {'content-type': 'multipart/related; boundary=b'},
      ],
    };
    for (const [how, [query, body, headers]] of Object.entries(REFUSED)) {
      it(how, async () => {
        assert.equal((await post(query, body, headers)).status, 400);
        assert.deepEqual(await file('x').exists(), [false]);
        assert.deepEqual(await uploadsUnderWay(), []);
      });
    }

    it('yet read to its end, as some clients listen only then', async () => {
      const url = `${service.origin}/upload/storage/v1/b/uploads/o?uploadType=multipart&name=x`;
      const refused = request(url, {
        method: 'POST',
        headers: {'content-type': 'multipart/related; boundary=b'},
      });
      const answered = once(refused, 'response');

      await new Promise<void>((sent) => {
        refused.write('--b\r\n\r\n{"colour": "red"}\r\n--b\r\n\r\n');
        refused.end(Buffer.alloc(20_000_000), sent);
      });

      const [response] = await answered;
      assert.equal(response.statusCode, 400);
    });

    it('before its bytes are taken when the bucket is unknown', async () => {
      const url = `${service.origin}/upload/storage/v1/b/absent/o?uploadType=media&name=x`;

      assert.equal((await fetch(url, {method: 'POST', body: Buffer.alloc(5_000_000)})).status, 404);
    });
  });
});
