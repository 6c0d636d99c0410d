import assert from 'node:assert/strict';
import {CRC32C, type File, type Storage} from '@google-cloud/storage';
import fc from 'fast-check';

/** A service to hold the promises against; `bucket` exists and is empty. */
export interface StorageUnderTest {
  readonly storage: Storage;
  readonly bucket: string;
  close(): Promise<void>;
}

const WAYS = {
  'one request': {resumable: false},
  'a stream': {resumable: true},
  'chunks of 256 KiB': {resumable: true, chunkSize: 256 * 1024},
} as const;

interface Folded {
  readonly prefixes?: string[];
}

/** What Cloud Storage promises, through Google's own client. */
export function storageContract(name: string, start: () => Promise<StorageUnderTest>): void {
  describe(`Cloud Storage, ${name}`, () => {
    let service: StorageUnderTest;
    before(async () => {
      service = await start();
    });
    after(() => service.close());

    const file = (object: string, generation?: string) =>
      service.storage.bucket(service.bucket).file(object, generation === undefined ? {} : {generation});

    describe('bytes', () => {
      const bytes = fc
        .record({
          pattern: fc.uint8Array({minLength: 1, maxLength: 300}),
          sizeBytes: fc.constantFrom(1, 100, 262_143, 262_144, 262_145, 524_288, 600_000),
        })
        .map(({pattern, sizeBytes}) => Buffer.alloc(sizeBytes, pattern));

      for (const [way, options] of Object.entries(WAYS)) {
        it(`come back as they went up in ${way}`, async () => {
          await fc.assert(
            fc.asyncProperty(bytes, async (content) => {
              const object = file('folder/any bytes');
              await object.save(content, options);

              const [[downloaded], [metadata]] = await Promise.all([object.download(), object.getMetadata()]);
              assert.ok(content.equals(downloaded));
              const crc32c = new CRC32C();
              crc32c.update(content);
              assert.equal(metadata.crc32c, crc32c.toString());
              assert.equal(metadata.size, String(content.length));
            }),
            {numRuns: 12},
          );
        });
      }

      it('may be none', async () => {
        await file('empty').save('', WAYS['one request']);
        await file('empty stream').save('', WAYS['a stream']);

        assert.deepEqual(await file('empty').download(), [Buffer.alloc(0)]);
        assert.deepEqual(await file('empty stream').download(), [Buffer.alloc(0)]);
      });

      it('come in part when a range is asked for', async () => {
        await file('ranged').save('0123456789', WAYS['one request']);

        assert.equal(String((await file('ranged').download({start: 2, end: 4}))[0]), '234');
        assert.equal(String((await file('ranged').download({start: 8}))[0]), '89');
      });

      it('are refused for a range behind their end', async () => {
        await file('ranged').save('0123456789', WAYS['one request']);

        await assert.rejects(file('ranged').download({start: 10, end: 12}), {code: 416});
      });

      it('are refused and not kept when they do not have the promised crc32c', async () => {
        const upload = file('promised').save('other', {
          ...WAYS['one request'],
          metadata: {crc32c: 'AAAAAA=='},
        });

        await assert.rejects(upload, {code: 400});
        assert.deepEqual(await file('promised').exists(), [false]);
      });
    });

    describe('versions', () => {
      it('have ever greater generations', async () => {
        const first = await saved(file('versioned'), '1');
        await file('versioned').delete();
        const second = await saved(file('versioned'), '2');

        assert.ok(BigInt(second) > BigInt(first));
      });

      it('are gone once overwritten', async () => {
        const old = await saved(file('versioned'), '1');
        await saved(file('versioned'), '2');

        await assert.rejects(file('versioned', old).getMetadata(), {code: 404});
        await assert.rejects(file('versioned', old).download(), {code: 404});
      });

      it('have a metageneration that counts changes of metadata', async () => {
        const generation = await saved(file('patched'), 'x');

        const [patched] = await file('patched').setMetadata({metadata: {run: 'r1'}, contentType: 'text/csv'});

        assert.deepEqual(patched.metadata, {run: 'r1'});
        assert.equal(patched.contentType, 'text/csv');
        assert.equal(patched.generation, generation);
        assert.equal(patched.metageneration, '2');
      });
    });

    describe('preconditions', () => {
      for (const [way, options] of Object.entries(WAYS)) {
        it(`let nobody overwrite what must be new, in ${way}`, async () => {
          const generation = await saved(file('taken'), 'mine');

          const second = file('taken').save('yours', {...options, preconditionOpts: {ifGenerationMatch: 0}});

          await assert.rejects(second, /412|pre-conditions/);
          assert.deepEqual(await file('taken', generation).download(), [Buffer.from('mine')]);
        });
      }

      it('let exactly one of many creators win', async () => {
        const creators = Array.from({length: 8}, (_, i) =>
          file('contested').save(`creator ${i}`, {
            ...WAYS['one request'],
            preconditionOpts: {ifGenerationMatch: 0},
          }),
        );

        const outcomes = await Promise.allSettled(creators);

        const winners = outcomes.flatMap(({status}, i) => (status === 'fulfilled' ? `creator ${i}` : []));
        const losers = outcomes.flatMap((outcome) =>
          outcome.status === 'rejected' ? outcome.reason.code : [],
        );
        assert.deepEqual(winners, [String((await file('contested').download())[0])]);
        assert.deepEqual(new Set(losers), new Set([412]));
      });

      it('protect a newer generation from a late replacement', async () => {
        const old = await saved(file('raced'), '1');
        await saved(file('raced'), '2');

        const late = file('raced').save('3', {
          ...WAYS['one request'],
          preconditionOpts: {ifGenerationMatch: old},
        });

        await assert.rejects(late, (error) => reasonOf(error) === 'conditionNotMet');
      });

      it('protect a newer generation from deletion', async () => {
        const old = await saved(file('raced'), '1');
        await saved(file('raced'), '2');

        await assert.rejects(file('raced').delete({ifGenerationMatch: old}), {code: 412});
        await assert.rejects(file('raced', old).delete(), {code: 404});
        assert.deepEqual(await file('raced').exists(), [true]);
      });

      it('protect metadata that changed meanwhile', async () => {
        await saved(file('raced'), '1');
        await file('raced').setMetadata({metadata: {a: '1'}});

        const late = file('raced').setMetadata({metadata: {a: '2'}}, {ifMetagenerationMatch: 1});

        await assert.rejects(late, {code: 412});
      });
    });

    describe('listings', () => {
      const names = ['l/a', 'l/b/1', 'l/b/2', 'l/c', 'l/é', 'l/\u{1F600}', 'l/\uFF5E'];
      before(() => Promise.all(names.map((object) => file(object).save(object, WAYS['one request']))));

      it('are in the order of UTF-8 bytes', async () => {
        const [files] = await service.storage.bucket(service.bucket).getFiles({prefix: 'l/'});

        assert.deepEqual(
          files.map((found) => found.name),
          ['l/a', 'l/b/1', 'l/b/2', 'l/c', 'l/é', 'l/\uFF5E', 'l/\u{1F600}'],
        );
      });

      it('fold what lies behind a delimiter', async () => {
        const [files, , answer] = await service.storage
          .bucket(service.bucket)
          .getFiles({prefix: 'l/', delimiter: '/', endOffset: 'l/d', autoPaginate: false});

        assert.deepEqual(
          files.map((found) => found.name),
          ['l/a', 'l/c'],
        );
        assert.deepEqual((answer as Folded).prefixes, ['l/b/']);
      });

      it('come in pages that miss and repeat nothing', async () => {
        const bucket = service.storage.bucket(service.bucket);
        const found: string[] = [];
        let next: object | undefined = {prefix: 'l/', delimiter: '/', maxResults: 2, autoPaginate: false};
        while (next) {
          const [files, following, answer] = await bucket.getFiles(next);
          found.push(...files.map((file) => file.name), ...((answer as Folded).prefixes ?? []));
          next = following as object | undefined;
        }

        assert.deepEqual(found.sort(), ['l/a', 'l/b/', 'l/c', 'l/é', 'l/\u{1F600}', 'l/\uFF5E']);
      });
    });

    describe('copies', () => {
      it('join the bytes of a composition in order', async () => {
        await saved(file('part1'), 'ab');
        await saved(file('part2'), 'cd');

        await service.storage.bucket(service.bucket).combine([file('part2'), file('part1')], file('joined'));

        const [metadata] = await file('joined').getMetadata();
        assert.equal(String((await file('joined').download())[0]), 'cdab');
        assert.equal(metadata.componentCount, 2);
        assert.equal(metadata.md5Hash, undefined);
      });

      it('carry the metadata of their source', async () => {
        await file('source').save('x', {
          ...WAYS['one request'],
          metadata: {contentType: 'text/csv', metadata: {run: 'r1'}},
        });

        await file('source').copy(file('copy'));

        const [metadata] = await file('copy').getMetadata();
        assert.equal(metadata.contentType, 'text/csv');
        assert.deepEqual(metadata.metadata, {run: 'r1'});
      });

      it('are refused when a source is missing', async () => {
        await saved(file('part1'), 'ab');

        const bucket = service.storage.bucket(service.bucket);
        await assert.rejects(bucket.combine([file('part1'), file('absent')], file('never')), {code: 404});
        await assert.rejects(file('absent').copy(file('never')), {code: 404});
        assert.deepEqual(await file('never').exists(), [false]);
      });
    });

    describe('unknown things', () => {
      it('are not found, with the reason clients look for', async () => {
        const reading = file('absent').getMetadata();

        await assert.rejects(reading, (error) => reasonOf(error) === 'notFound');
        await assert.rejects(file('absent').delete(), {code: 404});
        await assert.rejects(file('absent').setMetadata({metadata: {a: 'b'}}), {code: 404});
      });

      it('are not made by writing to them', async () => {
        const elsewhere = service.storage.bucket('no-such-bucket-anywhere');

        await assert.rejects(elsewhere.file('x').save('x', WAYS['one request']), {code: 404});
        await assert.rejects(elsewhere.getFiles(), {code: 404});
        assert.deepEqual(await elsewhere.exists(), [false]);
      });
    });

    describe('names', () => {
      it('may hold anything but line ends', async () => {
        for (const object of ['a b', 'a%2Fb', 'a+b&c=d?e#f', '100%', 'ä/ö', "'quoted'", '"x"', ' ']) {
          await file(object).save(object, WAYS['one request']);
          assert.equal(String((await file(object).download())[0]), object);
        }
      });

      it('are refused with a line end or above 1024 bytes', async () => {
        await assert.rejects(file('a\nb').save('x', WAYS['one request']), {code: 400});
        await assert.rejects(file('é'.repeat(513)).save('x', WAYS['one request']), {code: 400});
      });
    });
  });
}

async function saved(file: File, content: string): Promise<string> {
  await file.save(content, WAYS['one request']);
  const [{generation}] = await file.getMetadata();
  return String(generation);
}

function reasonOf(error: unknown): string | undefined {
  return (error as {errors?: {reason?: string}[]}).errors?.[0]?.reason;
}
