import assert from 'node:assert/strict';
import {gzipSync} from 'node:zlib';
import {receiveData} from '../../functions/receive-data.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Run} from '../../shared/domain/run.ts';
import {MAX_SEALED_BYTES} from '../../shared/domain/split/size-limit.ts';
import {assertNothingPaid, assertSays, nextDrop, type Verdict} from '../support/bad-input.ts';
import {finalized} from '../support/events.ts';
import {BUCKETS, memoryPorts, type World} from '../support/memory-ports.ts';
import {dropped, settled} from '../support/services.ts';
import {deliver, erase, PIPELINE_YAML, push, pushedWorld, runOf} from '../support/story.ts';

const NAME = 'flowers/data/flowers.csv';
const FILE = String.raw`^gs://the-data/flowers/data/flowers\.csv`;
const OF_FILE = new RegExp(`${FILE}(#\\d+)?$`);
const HEADER = 'length,width,species\n';

/** A hundred sound rows. */
const ROWS = Array.from({length: 100}, (_, row) => `${row},${row % 7},${row % 2 ? 'iris' : 'rose'}\n`);
const GOOD = HEADER + ROWS.join('');

/** The good definition with more under `data`. */
function withData(settings: string): string {
  return PIPELINE_YAML.replace('label: species', `label: species, ${settings}`);
}

function atLine(line: number): RegExp {
  return new RegExp(`${FILE}#\\d+, line ${line}$`);
}

function atByte(byte: number): RegExp {
  return new RegExp(`${FILE}#\\d+, byte ${byte}$`);
}

/** Drops bytes, whatever they are, and plays all that follows. */
async function drop(world: World, bytes: string | Buffer, definition = PIPELINE_YAML): Promise<Run> {
  await push(world, definition);
  return dropped(world, NAME, bytes);
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
  'a ZIP archive under the name of a CSV': {
    bytes: Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.from('../../etc/passwd')]),
    code: 'DATA_BINARY',
    message: /a ZIP archive/,
    where: atByte(0),
  },
  'a Parquet file under the name of a CSV': {
    bytes: 'PAR1\x15\x04',
    code: 'DATA_BINARY',
    message: /a Parquet file/,
    where: atByte(0),
  },
  'UTF-16': {
    bytes: Buffer.from(`\uFEFF${GOOD}`, 'utf16le'),
    code: 'ENCODING_NOT_UTF8',
    message: /UTF-16/,
    where: atByte(0),
  },
  'bytes that are not UTF-8': {
    bytes: Buffer.concat([Buffer.from(GOOD), Buffer.from([0x31, 0x2c, 0xc3, 0x28, 0x0a])]),
    code: 'ENCODING_NOT_UTF8',
    message: /not UTF-8/,
    where: atByte(Buffer.byteLength(GOOD) + 2),
  },
  'a NUL byte in a field': {
    bytes: `${GOOD}1,\0,iris\n`,
    code: 'CONTROL_CHAR',
    message: /NUL byte/,
    where: atByte(Buffer.byteLength(GOOD) + 2),
  },
  'one row': {
    bytes: `${HEADER}1,2,iris\n`,
    code: 'PART_EMPTY',
    message: /none of the 1 rows/,
    where: /split\.\w+$/,
  },
  'a header that names a column twice': {
    bytes: GOOD.replace('width', 'length'),
    code: 'COLUMN_DUPLICATE',
    message: /"length" twice/,
    where: atLine(1),
  },
  'a column without a name': {
    bytes: GOOD.replace('width', '  '),
    code: 'COLUMN_BLANK',
    message: /Column 2 of 3/,
    where: atLine(1),
  },
  'a label of which only the case differs': {
    bytes: GOOD.replace('species', 'Species'),
    code: 'COLUMN_MISSING',
    message: /no column "species"; found: "length", "width", "Species"/,
    where: atLine(1),
  },
  'a header of another delimiter': {
    bytes: GOOD.replaceAll(',', ';'),
    code: 'DELIMITER_SUSPECT',
    message: /one column: "length;width;species"/,
    where: atLine(1),
  },
  'a header of 10,001 columns': {
    bytes: `${Array.from({length: 10_001}, (_, column) => column).join(',')}\n`,
    code: 'TOO_MANY_COLUMNS',
    message: /10001 columns/,
    where: atLine(1),
  },
  'a header of more than 64 KiB': {
    bytes: `${'x'.repeat(70_000)},width,species\n`,
    code: 'HEADER_TOO_LARGE',
    message: /at most 64 KiB/,
    where: atLine(1),
  },
  'a quote that is never closed': {
    bytes: `${GOOD}1,"2,iris\n1,2,rose\n`,
    code: 'CSV_QUOTE',
    message: /ends inside a quoted field/,
    where: atLine(102),
  },
  'a row in fifty with a field too many': {
    bytes: `${GOOD}${'1,2,3,iris\n'.repeat(2)}`,
    code: 'ROWS_BAD_RATIO',
    message: /2 of 102 rows are malformed, more than 1 %; the first: 4 fields, the header has 3/,
    where: atLine(102),
  },
  'a malformed row where none is allowed': {
    bytes: `${GOOD}1,2,3,iris\n`,
    definition: withData('malformed: {limit: 0}'),
    code: 'ROWS_BAD_RATIO',
    message: /1 of 101 rows are malformed, more than 0;/,
    where: atLine(102),
  },
  'a limit of malformed rows that is neither share nor count': {
    bytes: GOOD,
    definition: withData('malformed: {limit: few}'),
    code: 'CONFIG_INVALID',
    message: /^data\.malformed\.limit: a share of the rows up to 100% such as 1%, or a whole number/,
    where: /pipeline\.yaml$/,
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
    const info = {...object, sizeBytes: MAX_SEALED_BYTES + 1};
    world.objects.set(`${BUCKETS.data}/${NAME}`, {info, bytes: Buffer.alloc(0)});

    await deliver(erase(receiveData), finalized(object), world);
    await settled(world);

    assertSays(runOf(world, runIdOf({...object, epoch: 0})).failure, {
      code: 'DATA_TOO_LARGE',
      message: /are 36\.00 GiB; at most 36 GiB are split/,
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
    assert.equal(world.runs.size + world.messages.length, 0);
    const [reject] = world.rejects.values();
    assertSays(reject?.complaint, {code: 'DATA_EMPTY', message: /no bytes/, where: /\.csv$/});

    assert.equal((await drop(world, GOOD)).state, 'released');
    assert.equal(world.runs.size, 1);
  });
});

const ACCEPTED: Readonly<Record<string, string | Buffer>> = {
  'a byte order mark': `\uFEFF${GOOD}`,
  'lines that end in a carriage return': GOOD.replaceAll('\n', '\r'),
  'lines that end in both ways': GOOD.replace('\n', '\r\n'),
  'columns with the names of methods': GOOD.replace('length,width', '__proto__,toString'),
  'formulas in cells': `${GOOD}=cmd|'/c calc'!A0,1,iris\n`,
  'ids beyond 2^53': `${GOOD}9007199254740993,1,iris\n`,
  'a field in quotes over two lines': `${GOOD}1,"2\n3",iris\n`,
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

  it('go all the way with their malformed rows set aside', async () => {
    const run = await drop(await pushedWorld(), `${GOOD}1,2,3,iris\n`);

    assert.equal(run.state, 'released', JSON.stringify(run.failure));
    assert.equal(run.split?.rejected, 1);
  });

  it('go all the way with as many malformed rows as are allowed', async () => {
    const definition = withData('malformed: {limit: 30%}');

    const run = await drop(await pushedWorld(), GOOD + '1,2,3,iris\n'.repeat(40), definition);

    assert.equal(run.state, 'released', JSON.stringify(run.failure));
    assert.equal(run.split?.rejected, 40);
  });

  it('keep an id beyond 2^53 to the last digit', async () => {
    const world = await pushedWorld();
    const id = '9007199254740993';

    const {split} = await drop(world, `${GOOD}${id},1,iris\n`);

    const parts = Object.values(split?.parts ?? {}).map(({uri}) =>
      world.objects.get(uri.slice('gs://'.length)),
    );
    assert.equal(parts.filter((part) => part?.bytes.toString().includes(`\n${id},1,iris\n`)).length, 1);
  });

  it('put equal rows into one part', async () => {
    const world = await pushedWorld();

    const {split} = await drop(world, GOOD + '7,7,twin\n'.repeat(30));

    const parts = Object.values(split?.parts ?? {}).map(({uri}) =>
      world.objects.get(uri.slice('gs://'.length)),
    );
    assert.equal(parts.filter((part) => part?.bytes.includes('twin')).length, 1);
  });
});
