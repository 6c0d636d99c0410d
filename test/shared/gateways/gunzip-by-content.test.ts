import assert from 'node:assert/strict';
import {text} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import fc from 'fast-check';
import {
  gunzipByContent,
  isBomb,
  MAX_INFLATED_BYTES,
  RATIO_FREE_BYTES,
} from '../../../shared/gateways/gunzip-by-content.ts';

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A piece over and over, and the moment when its reader has left. */
function endless(piece: Buffer): {bytes: AsyncGenerator<Buffer>; released: Promise<void>} {
  const {promise, resolve} = Promise.withResolvers<void>();
  async function* pieces() {
    try {
      for (;;) yield piece;
    } finally {
      resolve();
    }
  }
  return {bytes: pieces(), released: promise};
}

describe('gunzipByContent', () => {
  it('inflates whatever was compressed, however it arrives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string(), {minLength: 1}),
        fc.integer({min: 1, max: 30}),
        async (members, size) => {
          const stored = Buffer.concat(members.map((member) => gzipSync(member)));

          assert.equal(await text(await gunzipByContent(chunksOf(stored, size), 'x')), members.join(''));
        },
      ),
      {numRuns: 30},
    );
  });

  it('refuses a bomb after bounded work', async () => {
    const member = gzipSync(Buffer.alloc(1024 ** 2));
    let fedBytes = 0;
    async function* bomb() {
      for (;;) {
        fedBytes += member.length;
        yield member;
      }
    }

    await assert.rejects(text(await gunzipByContent(bomb(), 'gs://b/o#1')), {
      code: 'INFLATE_RATIO',
      message: 'The gzip data inflate to more than 100 times its size.',
      where: 'gs://b/o#1',
    });
    assert.ok(fedBytes < 200_000, `${fedBytes} bytes were read`);
  });

  const endings = {'plain text': Buffer.alloc(200_000, 'row\n'), gzip: gzipSync('row\n'.repeat(100_000))};
  for (const [kind, piece] of Object.entries(endings)) {
    it(`lets go of the stored bytes when the reader of ${kind} leaves`, async () => {
      const {bytes, released} = endless(piece);

      for await (const _ of await gunzipByContent(bytes, 'x')) break;

      await released;
    });

    it(`lets go of the stored bytes when ${kind} is not read at all`, async () => {
      const {bytes, released} = endless(piece);

      (await gunzipByContent(bytes, 'x')).destroy();

      await released;
    });
  }
});

describe('isBomb', () => {
  it('allows any ratio for the first 10 MiB', () => {
    assert.equal(isBomb(RATIO_FREE_BYTES, 1), false);
    assert.equal(isBomb(RATIO_FREE_BYTES + 1, 1), true);
  });

  it('allows a hundred times the stored bytes and not one more', () => {
    assert.equal(isBomb(100_000_000, 1_000_000), false);
    assert.equal(isBomb(100_000_001, 1_000_000), true);
  });

  it('refuses more than 20 GiB of whatever ratio', () => {
    assert.equal(isBomb(MAX_INFLATED_BYTES, MAX_INFLATED_BYTES), false);
    assert.equal(isBomb(MAX_INFLATED_BYTES + 1, MAX_INFLATED_BYTES), true);
  });
});
