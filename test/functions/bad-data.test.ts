import assert from 'node:assert/strict';
import {Readable} from 'node:stream';
import {gzipSync} from 'node:zlib';
import {receiveData} from '../../functions/receive-data.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Run} from '../../shared/domain/run.ts';
import {MAX_OBJECT_BYTES} from '../../shared/domain/split/size-limit.ts';
import {assertNothingPaid, assertSays, nextDrop, type Verdict} from '../support/bad-input.ts';
import {finalized} from '../support/events.ts';
import {BUCKETS, memoryPorts, type World} from '../support/memory-ports.ts';
import {settled} from '../support/services.ts';
import {deliver, erase, PIPELINE_YAML, push, pushedWorld, runOf} from '../support/story.ts';

const NAME = 'flowers/data/flowers.csv';
const FILE = String.raw`^gs://the-data/flowers/data/flowers\.csv`;
const OF_FILE = new RegExp(`${FILE}(#\\d+)?$`);
const HEADER = 'length,width,species\n';

/** A hundred sound rows. */
const ROWS = Array.from({length: 100}, (_, row) => `${row},${row % 7},${row % 2 ? 'iris' : 'rose'}\n`);
const GOOD = HEADER + ROWS.join('');

function atLine(line: number): RegExp {
  return new RegExp(`${FILE}#\\d+, line ${line}$`);
}

function atByte(byte: number): RegExp {
  return new RegExp(`${FILE}#\\d+, byte ${byte}$`);
}

/** Drops bytes, whatever they are, and plays all that follows. */
async function drop(world: World, bytes: string | Buffer, definition = PIPELINE_YAML): Promise<Run> {
  await push(world, definition);
  const object = await memoryPorts(world).objects.put(
    BUCKETS.data,
    NAME,
    Readable.from([Buffer.from(bytes)]),
  );
  await deliver(erase(receiveData), finalized(object), world);
  await settled(world);
  return runOf(world, runIdOf({...object, epoch: 0}));
}

interface BadData extends Verdict {
  readonly bytes: string | Buffer;
  readonly definition?: string;
}

const REFUSED: Readonly<Record<string, BadData>> = {
  'gzip of nothing': {bytes: gzipSync(''), code: 'DATA_EMPTY', message: /empty/, where: OF_FILE},
  'gzip that ends too early': {
    bytes: gzipSync(GOOD).subarray(0, -8),
    code: 'GZIP_TRUNCATED',
    message: /end too early/,
    where: OF_FILE,
  },
  'a gzip bomb of many lines': {
    bytes: gzipSync(HEADER + `1,2,${'x'.repeat(995)}\n`.repeat(20_000)),
    code: 'INFLATE_RATIO',
    message: /more than 100 times/,
    where: OF_FILE,
  },
  'a gzip bomb of one line': {
    bytes: gzipSync(Buffer.alloc(20_000_000, 'x')),
    code: 'RECORD_TOO_LARGE',
    message: /longer than 1 MiB/,
    where: atLine(1),
  },
  'gzip inside gzip': {
    bytes: gzipSync(gzipSync(GOOD)),
    code: 'DATA_BINARY',
    message: /gzip inside gzip/,
    where: atByte(0),
  },
};

describe('data that cannot be used', () => {
  for (const [title, {bytes, definition, ...verdict}] of Object.entries(REFUSED)) {
    it(`fails its run and harms no other: ${title}`, async () => {
      const world = await pushedWorld();

      const run = await drop(world, bytes, definition);

      assert.equal(run.state, 'failed');
      assertSays(run.failure, verdict);
      assertNothingPaid(world);
      assert.ok(![...world.objects.keys()].some((name) => name.endsWith('manifest.json')));
      assert.equal((await nextDrop(world)).state, 'released');
    });
  }

  it('fails its run without a download when the object is too large', async () => {
    const world = await pushedWorld();
    const {objects} = memoryPorts(world);
    const object = await objects.put(BUCKETS.data, NAME, 'not to be read');
    const info = {...object, sizeBytes: MAX_OBJECT_BYTES + 1};
    world.objects.set(`${BUCKETS.data}/${NAME}`, {info, bytes: Buffer.alloc(0)});

    await deliver(erase(receiveData), finalized(object), world);
    await settled(world);

    assertSays(runOf(world, runIdOf({...object, epoch: 0})).failure, {
      code: 'DATA_TOO_LARGE',
      message: /has 5\.00 GiB; at most 5 GiB are read/,
      where: OF_FILE,
    });
  });

  it('starts no run for an object without bytes, and one for the generation that has them', async () => {
    const world = await pushedWorld();
    const {objects} = memoryPorts(world);
    const empty = await objects.put(BUCKETS.data, NAME, '');

    await deliver(
      erase(receiveData),
      {...finalized(empty), data: {...finalized(empty).data, size: '0'}},
      world,
    );
    assert.equal(world.runs.size + world.rejects.size + world.messages.length, 0);

    assert.equal((await drop(world, GOOD)).state, 'released');
    assert.equal(world.runs.size, 1);
  });
});

const ACCEPTED: Readonly<Record<string, string | Buffer>> = {
  'gzip of many members': Buffer.concat([gzipSync(HEADER), ...ROWS.map((row) => gzipSync(row))]),
};

describe('data that look odd and are sound', () => {
  for (const [title, bytes] of Object.entries(ACCEPTED)) {
    it(`go all the way: ${title}`, async () => {
      const run = await drop(await pushedWorld(), bytes);

      assert.equal(run.state, 'released', JSON.stringify(run.failure));
      assert.equal(run.split?.rejected, 0);
    });
  }
});
