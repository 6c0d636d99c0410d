import assert from 'node:assert/strict';
import {once} from 'node:events';
import {PassThrough, Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {useFakeTimers} from 'sinon';
import {RetryableError} from '../../../shared/errors.ts';
import {IDLE_MS, readPinned} from '../../../shared/gateways/read-pinned.ts';

const OBJECT = {bucket: 'data', name: 'a.csv', generation: '1', sizeBytes: 9, crc32c: '4waSgw=='};

describe('readPinned', () => {
  it('passes on bytes that add up to the checksum', async () => {
    const download = Readable.from([Buffer.from('1234'), Buffer.from('56789')]);

    assert.equal(await text(readPinned(download, OBJECT)), '123456789');
  });

  it('gives up a download that stands still for a minute', async () => {
    const clock = useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
    const download = new PassThrough();
    const next = readPinned(download, OBJECT).next();

    clock.tick(IDLE_MS - 1);
    assert.equal(download.destroyed, false);
    clock.tick(1);

    await assert.rejects(
      next,
      (error) => error instanceof RetryableError && /no byte for 60 s/.test(error.message),
    );
    assert.ok(download.destroyed);
  });

  it('does not take a slow reader for an idle download', async () => {
    const clock = useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
    const download = Readable.from([Buffer.from('1234'), Buffer.from('56789')]);
    const bytes = readPinned(download, OBJECT);

    await bytes.next();
    clock.tick(10 * IDLE_MS);

    assert.equal(await text(bytes), '56789');
  });

  it('ends the download when its reader leaves', async () => {
    const download = new PassThrough();
    download.write('1234');
    const closed = once(download, 'close');
    const bytes = readPinned(download, OBJECT);

    await bytes.next();
    await bytes.return();

    await closed;
  });

  it('refuses bytes that were lost on the way', async () => {
    const download = Readable.from([Buffer.from('1234')]);

    await assert.rejects(text(readPinned(download, OBJECT)), /^RetryableError: INTEGRITY/);
  });

  it('asks for another delivery when the connection breaks', async () => {
    const download = new PassThrough();
    const next = readPinned(download, OBJECT).next();
    download.destroy(new Error('socket hang up'));

    await assert.rejects(next, /^RetryableError: reading gs:\/\/data\/a\.csv#1: socket hang up$/);
  });
});
