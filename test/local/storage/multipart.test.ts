import assert from 'node:assert/strict';
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import fc from 'fast-check';
import {boundaryOf, parseMultipart} from '../../../local/storage/multipart.ts';

const BOUNDARY = '===============123==';

describe('boundaryOf', () => {
  const HEADERS = {
    'multipart/related; boundary=a-b_c': 'a-b_c',
    'multipart/related; boundary="==x y=="': '==x y==',
    "multipart/related; boundary='===============123=='": '===============123==',
    'Multipart/Related; type="application/json"; Boundary=x; charset=utf-8': 'x',
  };
  for (const [header, boundary] of Object.entries(HEADERS)) {
    it(`finds it in ${header}`, () => assert.equal(boundaryOf(header), boundary));
  }

  for (const header of [
    undefined,
    '',
    'text/plain',
    'multipart/related',
    'multipart/form-data; boundary=x',
  ]) {
    it(`refuses ${header}`, () => assert.throws(() => boundaryOf(header), {status: 'INVALID_ARGUMENT'}));
  }
});

describe('parseMultipart', () => {
  /** Payloads that come close to the boundary, or end with what belongs to it. */
  const payload = fc
    .array(fc.constantFrom('\r', '\n', '\r\n', '--', `--${BOUNDARY}`.slice(0, -1), 'a', '\0', 'é'), {
      maxLength: 30,
    })
    .map((pieces) => Buffer.from(pieces.join('')));
  const eol = fc.constantFrom('\n', '\r\n');
  const chunkBytes = fc.integer({min: 1, max: 40});

  it('gives back any metadata and payload, in chunks of any size, for both line ends', async () => {
    await fc.assert(
      fc.asyncProperty(payload, fc.string(), eol, chunkBytes, async (content, name, lineEnd, size) => {
        const metadata = JSON.stringify({name});

        const parsed = await parseMultipart(chunksOf(body(metadata, content, lineEnd), size), BOUNDARY);

        assert.equal(parsed.metadata, metadata);
        assert.equal(parsed.contentType, 'text/csv; charset=utf-8');
        assert.ok(content.equals(await buffer(parsed.media)));
      }),
    );
  });

  it('takes parts without headers and a preamble before them', async () => {
    const text = `hello\r\n--${BOUNDARY}\r\n\r\n{}\r\n--${BOUNDARY}\r\n\r\nbytes\r\n--${BOUNDARY}--\r\nbye`;

    const parsed = await parseMultipart(chunksOf(Buffer.from(text), 7), BOUNDARY);

    assert.equal(parsed.contentType, undefined);
    assert.equal(String(await buffer(parsed.media)), 'bytes');
  });

  it('passes large chunks on uncopied', async () => {
    const large = Buffer.alloc(1_000_000, 'a');
    const [head, tail] = [
      body('{}', Buffer.alloc(0), '\n').subarray(0, -BOUNDARY.length - 5),
      `\n--${BOUNDARY}--`,
    ];

    const {media} = await parseMultipart(list([head, large, Buffer.from(tail)]), BOUNDARY);

    const passed = await Readable.from(media).toArray();
    assert.ok(passed.some((chunk: Buffer) => chunk.buffer === large.buffer));
  });

  it('refuses a payload whose closing boundary is cut off, wherever', async () => {
    const whole = body('{}', Buffer.from('bytes'), '\n');
    for (let cut = 1; cut < whole.length; cut++) {
      const parsing = async () => {
        const {media} = await parseMultipart(chunksOf(whole.subarray(0, -cut), 9), BOUNDARY);
        await buffer(media);
      };
      await assert.rejects(parsing, {status: 'INVALID_ARGUMENT'});
    }
  });

  it('refuses a single part', async () => {
    const text = `--${BOUNDARY}\n\n{}\n--${BOUNDARY}--\n`;

    await assert.rejects(parseMultipart(chunksOf(Buffer.from(text), 100), BOUNDARY), {reason: 'invalid'});
  });

  it('refuses metadata that never end', async () => {
    const head = Buffer.from(`--${BOUNDARY}\n\n`);
    const endless = list([head, ...Array<Buffer>(5).fill(Buffer.alloc(1_000_000, ' '))]);

    await assert.rejects(parseMultipart(endless, BOUNDARY), {reason: 'invalid'});
  });
});

function body(metadata: string, payload: Buffer, eol: string): Buffer {
  const head = [
    `--${BOUNDARY}`,
    'Content-Type: application/json',
    '',
    metadata,
    `--${BOUNDARY}`,
    'Content-Type: text/csv; charset=utf-8',
    'Content-Transfer-Encoding: binary',
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(head.join(eol)), payload, Buffer.from(`${eol}--${BOUNDARY}--`)]);
}

async function* list(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

function chunksOf(whole: Buffer, size: number): AsyncGenerator<Buffer> {
  const count = Math.ceil(whole.length / size);
  return list(Array.from({length: count}, (_, i) => whole.subarray(i * size, (i + 1) * size)));
}
