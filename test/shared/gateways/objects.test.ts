import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import {RetryableError} from '../../../shared/errors.ts';
import {objectsGateway} from '../../../shared/gateways/objects.ts';
import type {ObjectInfo, Objects} from '../../../shared/object-ports.ts';
import {type LocalStorage, startStorage} from '../../local/storage/start-storage.ts';

const ROWS = 'id,label\n'.concat('1,a\n'.repeat(5_000));

/** The gateway with Google's client, against storage on the wire. */
describe('objectsGateway', () => {
  let local: LocalStorage;
  let objects: Objects;
  const outside = process.env.STORAGE_EMULATOR_HOST;

  before(async () => {
    local = await startStorage();
    process.env.STORAGE_EMULATOR_HOST = local.origin;
    await local.storage.createBucket('data');
    objects = objectsGateway('local');
  });

  after(async () => {
    if (outside === undefined) delete process.env.STORAGE_EMULATOR_HOST;
    else process.env.STORAGE_EMULATOR_HOST = outside;
    await local.close();
  });

  /** Stores bytes as they are, under metadata of any kind. */
  async function store(name: string, bytes: Buffer | string, contentEncoding?: string): Promise<ObjectInfo> {
    const metadata = contentEncoding === undefined ? {} : {contentEncoding};
    await local.storage.bucket('data').file(name).save(bytes, {resumable: false, metadata});
    const found = await objects.find('data', name);
    assert.ok(found);
    return found;
  }

  async function readText(object: ObjectInfo): Promise<string> {
    return text(await objects.read(object));
  }

  describe('reading', () => {
    const readable: Readonly<Record<string, readonly [bytes: Buffer, contentEncoding?: string]>> = {
      'plain text': [Buffer.from(ROWS)],
      'gzip, whatever the name says': [gzipSync(ROWS)],
      'gzip that its metadata call gzip': [gzipSync(ROWS), 'gzip'],
      'plain text that its metadata call gzip': [Buffer.from(ROWS), 'gzip'],
      'gzip of many members': [
        Buffer.concat(
          ROWS.split(/(?<=\n)/, 20)
            .map((line) => gzipSync(line))
            .concat(
              gzipSync(
                ROWS.split(/(?<=\n)/)
                  .slice(20)
                  .join(''),
              ),
            ),
        ),
      ],
    };
    for (const [title, [bytes, contentEncoding]] of Object.entries(readable)) {
      it(`gives the text of ${title}`, async () => {
        assert.equal(await readText(await store('rows.csv', bytes, contentEncoding)), ROWS);
      });
    }

    it('takes one layer of gzip off, not two', async () => {
      const inner = gzipSync(ROWS);
      const object = await store('twice.csv.gz', gzipSync(inner));

      assert.deepEqual(Buffer.concat(await (await objects.read(object)).toArray()), inner);
    });

    it('gives nothing of an object without bytes', async () => {
      assert.equal(await readText(await store('empty.csv', '')), '');
    });

    it('gives the one byte there is', async () => {
      assert.equal(await readText(await store('byte.csv', '\x1f')), '\x1f');
    });

    const zipped = gzipSync(ROWS);
    const damaged = Buffer.from(zipped);
    damaged[damaged.length - 6]! ^= 0xff;
    const refused: Readonly<Record<string, readonly [bytes: Buffer, code: string]>> = {
      'gzip that ends too early': [zipped.subarray(0, -4), 'GZIP_TRUNCATED'],
      'nothing but the gzip magic': [zipped.subarray(0, 2), 'GZIP_TRUNCATED'],
      'gzip whose checksum is wrong': [damaged, 'GZIP_CORRUPT'],
      'gzip that other bytes follow': [Buffer.concat([zipped, Buffer.from('2,b\n')]), 'GZIP_CORRUPT'],
      'a gzip bomb': [gzipSync(Buffer.alloc(40_000_000)), 'INFLATE_RATIO'],
    };
    for (const [title, [bytes, code]] of Object.entries(refused)) {
      it(`refuses ${title} and names the generation`, async () => {
        const object = await store('bad.csv.gz', bytes);

        await assert.rejects(readText(object), {
          name: 'PermanentError',
          code,
          where: `gs://data/bad.csv.gz#${object.generation}`,
          hint: /\.$/,
        });
      });
    }

    it('refuses an object that was replaced after it was found', async () => {
      const object = await store('replaced.csv', 'old');
      await store('replaced.csv', 'new');

      await assert.rejects(readText(object), {code: 'INPUT_GONE', where: /^gs:\/\/data\/replaced\.csv#\d+$/});
    });

    it('refuses an object that was deleted after it was found', async () => {
      const object = await store('deleted.csv', 'old');
      await local.storage.bucket('data').file('deleted.csv').delete();

      await assert.rejects(readText(object), {code: 'INPUT_GONE'});
    });

    it('asks for another delivery when the bytes are not those of the checksum', async () => {
      const object = await store('rows.csv', ROWS);

      await assert.rejects(
        readText({...object, crc32c: 'AAAAAA=='}),
        (error) =>
          error instanceof RetryableError && /^INTEGRITY: read gs:.* not AAAAAA==$/.test(error.message),
      );
    });
  });

  describe('finding', () => {
    it('refuses to pay for what is in a bucket of requester pays', async () => {
      await local.storage.createBucket('sold');
      await local.storage.bucket('sold').file('rows.csv').save(ROWS, {resumable: false});
      await local.storage.bucket('sold').setMetadata({billing: {requesterPays: true}});

      await assert.rejects(objects.find('sold', 'rows.csv'), {
        code: 'INPUT_CLASS',
        where: 'gs://sold',
        message: /makes those who read it pay/,
      });
    });

    it('tells an object of the archive class from others', async () => {
      assert.equal((await store('new.csv', ROWS)).obstacle, undefined);
      const file = local.storage.bucket('data').file('old.csv');

      await file.save(ROWS, {resumable: false, metadata: {storageClass: 'ARCHIVE'}});

      assert.equal((await objects.find('data', 'old.csv'))?.obstacle, 'archive-class');
    });

    it('tells an object that has a key of its own', async () => {
      const metadata = {
        name: 'locked.csv',
        generation: '1',
        size: '9',
        customerEncryption: {encryptionAlgorithm: 'AES256', keySha256: 'bm90IGEga2V5'},
      };
      const server = createServer((_request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(metadata));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const {port} = server.address() as AddressInfo;
      process.env.STORAGE_EMULATOR_HOST = `http://127.0.0.1:${port}`;
      try {
        assert.equal((await objectsGateway('local').find('data', 'locked.csv'))?.obstacle, 'customer-key');
      } finally {
        process.env.STORAGE_EMULATOR_HOST = local.origin;
        server.closeAllConnections();
        server.close();
      }
    });
  });

  describe('writing', () => {
    it('knows the checksum of what it wrote', async () => {
      const {crc32c} = await objects.create('data', 'check.txt', '123456789');

      assert.equal(crc32c, '4waSgw==');
    });

    it('takes an equal object for the result of an earlier try', async () => {
      const first = await objects.create('data', 'twice.txt', 'same');

      assert.deepEqual(await objects.create('data', 'twice.txt', 'same'), first);
    });

    it('refuses to write over an object of other content', async () => {
      await objects.create('data', 'taken.txt', 'one');

      await assert.rejects(objects.create('data', 'taken.txt', 'two'), {code: 'INTEGRITY'});
    });
  });
});
