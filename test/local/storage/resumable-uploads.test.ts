import assert from 'node:assert/strict';
import {once} from 'node:events';
import {request} from 'node:http';
import fc from 'fast-check';
import type {storage_v1} from 'googleapis/build/src/apis/storage/v1.js';
import {type LocalStorage, startStorage} from './start-storage.ts';

const UNIT_BYTES = 256 * 1024;

describe('a resumable upload', () => {
  let service: LocalStorage;
  before(async () => {
    service = await startStorage();
    await service.storage.createBucket('uploads');
  });
  after(() => service.close());

  /** Begins an upload; gives the URL to send the bytes to. */
  async function begin(object: string, query = '', init: RequestInit = {}): Promise<string> {
    const url = `${service.origin}/upload/storage/v1/b/uploads/o?uploadType=resumable&name=${object}${query}`;
    const answer = await fetch(url, {method: 'POST', ...init});
    assert.equal(answer.status, 200);
    return String(answer.headers.get('location'));
  }

  const put = (url: string, range?: string, body: Buffer = Buffer.alloc(0), headers = {}) =>
    fetch(url, {
      method: 'PUT',
      body: Uint8Array.from(body),
      headers: {...(range && {'content-range': range}), ...headers},
    });

  const download = async (object: string) =>
    (await service.storage.bucket('uploads').file(object).download())[0];

  it('tells how much it has until it has all', async () => {
    const content = Buffer.alloc(UNIT_BYTES + 10, 'abc');
    const url = await begin('chunked');

    const empty = await put(url, 'bytes */*');
    const half = await put(url, `bytes 0-${UNIT_BYTES - 1}/*`, content.subarray(0, UNIT_BYTES));
    const asked = await put(url, 'bytes */*');
    const whole = await put(
      url,
      `bytes ${UNIT_BYTES}-${content.length - 1}/${content.length}`,
      content.subarray(UNIT_BYTES),
    );

    assert.deepEqual([empty.status, empty.headers.get('range')], [308, null]);
    assert.deepEqual([half.status, half.headers.get('range')], [308, `bytes=0-${UNIT_BYTES - 1}`]);
    assert.deepEqual([asked.status, asked.headers.get('range')], [308, `bytes=0-${UNIT_BYTES - 1}`]);
    assert.equal(whole.status, 200);
    assert.ok(content.equals(await download('chunked')));
  });

  it('answers with the object when asked again after the end', async () => {
    const url = await begin('asked-again');
    const first = await objectOf(await put(url, 'bytes 0-*/*', Buffer.from('x')));

    const again = await put(url, 'bytes */*');

    assert.equal(again.status, 200);
    assert.equal((await objectOf(again)).generation, first.generation);
  });

  it('ends without more bytes when the total is all it has', async () => {
    const url = await begin('known-late');
    await put(url, `bytes 0-${UNIT_BYTES - 1}/*`, Buffer.alloc(UNIT_BYTES));

    const ended = await put(url, `bytes */${UNIT_BYTES}`);

    assert.equal(ended.status, 200);
    assert.equal((await download('known-late')).length, UNIT_BYTES);
  });

  it('takes the whole object without a Content-Range', async () => {
    const answer = await put(await begin('plain'), undefined, Buffer.from('plain bytes'));

    assert.equal(answer.status, 200);
    assert.equal(String(await download('plain')), 'plain bytes');
  });

  it('reads over bytes it has already', async () => {
    const content = Buffer.alloc(3 * UNIT_BYTES, 'repeated ');
    const url = await begin('repeated');
    await put(url, `bytes 0-${2 * UNIT_BYTES - 1}/*`, content.subarray(0, 2 * UNIT_BYTES));

    await put(
      url,
      `bytes ${UNIT_BYTES}-${3 * UNIT_BYTES - 1}/${3 * UNIT_BYTES}`,
      content.subarray(UNIT_BYTES),
    );

    assert.ok(content.equals(await download('repeated')));
  });

  it('puts any cuts together again, also across restarts', async () => {
    const cuts = fc.array(fc.constantFrom(1, 2, 3), {minLength: 1, maxLength: 4});
    await fc.assert(
      fc.asyncProperty(cuts, fc.nat(3), fc.nat(999), async (units, restartBefore, rest) => {
        const content = Buffer.alloc(
          units.reduce<number>((a, b) => a + b, 0) * UNIT_BYTES + rest,
          'cut and joined ',
        );
        const url = await begin('cut');
        const other = await service.again();
        const moved = url.replace(service.origin, other.origin);

        let at = 0;
        for (const [i, unit] of units.entries()) {
          const end = at + unit * UNIT_BYTES;
          await put(i < restartBefore ? url : moved, `bytes ${at}-${end - 1}/*`, content.subarray(at, end));
          at = end;
        }
        const answer = await put(moved, `bytes ${at}-*/${content.length}`, content.subarray(at));

        assert.equal(answer.status, 200);
        const [read] = await other.storage.bucket('uploads').file('cut').download();
        assert.ok(content.equals(read));
        await other.stop();
      }),
      {numRuns: 8},
    );
  });

  it('goes on where a broken connection left it', async () => {
    const content = Buffer.alloc(900_000, 'broken off ');
    const url = await begin('broken');
    await put(url, `bytes 0-${UNIT_BYTES - 1}/*`, content.subarray(0, UNIT_BYTES));
    const broken = request(url, {
      method: 'PUT',
      headers: {expect: '100-continue', 'content-range': `bytes ${UNIT_BYTES}-*/${content.length}`},
    });
    broken.flushHeaders();
    await once(broken, 'continue');
    const gone = once(broken, 'error');
    broken.write(content.subarray(UNIT_BYTES, 600_000));

    const status = await put(url, 'bytes */*');

    await gone;
    assert.equal(status.status, 308);
    const received = Number(status.headers.get('range')?.split('-')[1]) + 1;
    assert.ok(received >= UNIT_BYTES && received <= 600_000);
    const range = `bytes ${received}-${content.length - 1}/${content.length}`;
    assert.equal((await put(url, range, content.subarray(received))).status, 200);
    assert.ok(content.equals(await download('broken')));
  });

  it('keeps the metadata it began with', async () => {
    const url = await begin('described', '', {
      headers: {'content-type': 'application/json; charset=UTF-8', 'x-upload-content-type': 'text/csv'},
      body: JSON.stringify({metadata: {run: 'r1'}}),
    });

    const object = await objectOf(await put(url, 'bytes 0-*/*', Buffer.from('x')));

    assert.equal(object.contentType, 'text/csv');
    assert.deepEqual(object.metadata, {run: 'r1'});
  });

  it('is forgotten once cancelled', async () => {
    const url = await begin('cancelled');
    await put(url, `bytes 0-${UNIT_BYTES - 1}/*`, Buffer.alloc(UNIT_BYTES));

    assert.equal((await fetch(url, {method: 'DELETE'})).status, 499);

    assert.equal((await put(url, 'bytes */*')).status, 404);
    assert.deepEqual(await service.storage.bucket('uploads').file('cancelled').exists(), [false]);
  });

  describe('is refused', () => {
    const REFUSED = {
      'a gap': 'bytes 10-19/20',
      'a chunk of an odd size that is not the last': 'bytes 0-9/*',
      'more bytes than the range says': 'bytes 0-8/9',
      'fewer bytes than the range says': 'bytes 0-10/11',
      'more bytes than the total': 'bytes 0-*/9',
      'an unreadable range': 'bytes 0--1/0',
    };
    for (const [what, range] of Object.entries(REFUSED)) {
      it(`for ${what}`, async () => {
        const url = await begin('refused');

        assert.equal((await put(url, range, Buffer.from('ten bytes!'))).status, 400);
        assert.deepEqual(await service.storage.bucket('uploads').file('refused').exists(), [false]);
      });
    }

    it('for other bytes than its metadata promised', async () => {
      const url = await begin('refused', '', {body: JSON.stringify({crc32c: 'AAAAAA=='})});

      assert.equal((await put(url, 'bytes 0-*/*', Buffer.from('x'))).status, 400);
      assert.deepEqual(await service.storage.bucket('uploads').file('refused').exists(), [false]);
    });

    it('for other bytes than x-goog-hash promises', async () => {
      const answer = await put(await begin('refused'), 'bytes 0-*/*', Buffer.from('x'), {
        'x-goog-hash': 'crc32c=AAAAAA==',
      });

      assert.equal(answer.status, 400);
      assert.deepEqual(await service.storage.bucket('uploads').file('refused').exists(), [false]);
    });

    it('at the end when the object appeared meanwhile', async () => {
      const url = await begin('raced', '&ifGenerationMatch=0');
      await service.storage.bucket('uploads').file('raced').save('first', {resumable: false});

      const answer = await put(url, 'bytes 0-*/*', Buffer.from('second'));

      assert.equal(answer.status, 412);
      assert.equal(String(await download('raced')), 'first');
    });

    it('when it was never begun', async () => {
      const url = `${service.origin}/upload/storage/v1/b/uploads/o?uploadType=resumable&upload_id=unknown`;

      assert.equal((await put(url, 'bytes */*')).status, 404);
      assert.equal((await fetch(url, {method: 'DELETE'})).status, 404);
    });
  });
});

async function objectOf(answer: Response): Promise<storage_v1.Schema$Object> {
  return (await answer.json()) as storage_v1.Schema$Object;
}
