import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {buffer} from 'node:stream/consumers';
import {DigestedBody} from '../../shared/digested-body.ts';

describe('DigestedBody', () => {
  it('keeps what was written when the memory of a piece is used again', async () => {
    const body = new DigestedBody();
    const memory = Buffer.from('one,');
    await body.write(memory);
    memory.write('two.');
    await body.write(memory);
    body.bytes.end();

    assert.equal((await buffer(body.bytes)).toString(), 'one,two.');
  });

  it('tells the digest of all pieces', async () => {
    const body = new DigestedBody();
    await body.write(Buffer.from('one,'));
    await body.write(Buffer.from('two.'));

    assert.equal(body.sha256(), createHash('sha256').update('one,two.').digest('hex'));
  });

  it('refuses pieces after its writer has failed', async () => {
    const body = new DigestedBody();
    body.bytes.destroy(new Error('the bucket is gone'));

    await assert.rejects(body.write(Buffer.from('late')), /the bucket is gone/);
  });
});
