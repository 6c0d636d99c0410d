import assert from 'node:assert/strict';
import type {Run} from '../../shared/domain/run.ts';
import {manifestSchema} from '../../shared/domain/split/manifest.ts';
import {assertNothingPaid, assertSays, nextDrop, type Verdict} from '../support/bad-input.ts';
import type {World} from '../support/memory-ports.ts';
import {dropped} from '../support/services.ts';
import {PIPELINE_YAML, push, pushedWorld} from '../support/story.ts';

const NAME = 'flowers/data/flowers.csv';
const HEADER = 'length,width,species\n';

/** Sound rows, with something else for the width. */
function rows(widthOf: (row: number) => string = (row) => String(row % 7)): string[] {
  return Array.from({length: 100}, (_, row) => `${row},${widthOf(row)},${row % 2 ? 'iris' : 'rose'}\n`);
}

async function drop(world: World, text: string | Buffer, key = 'row'): Promise<Run> {
  await push(world, PIPELINE_YAML.replace('split: {}', `split: {key: ${key}}`));
  return dropped(world, NAME, text);
}

function manifestOf(world: World, {split}: Run) {
  const file = world.objects.get(split?.manifest.slice('gs://'.length) ?? '');
  return manifestSchema.parse(JSON.parse(file?.bytes.toString() ?? ''));
}

interface BadRows extends Verdict {
  readonly data: string | Buffer;
  readonly key?: string;
}

/** A tar archive begins with a header that is filled up with NUL bytes. */
function tarOf(text: string): Buffer {
  const header = Buffer.alloc(512);
  header.write('../../flowers.csv');
  header.write('ustar', 257);
  return Buffer.concat([header, Buffer.from(text)]);
}

const REFUSED: Readonly<Record<string, BadRows>> = {
  'a label without a value in any row': {
    data:
      HEADER +
      rows()
        .join('')
        .replaceAll(/iris|rose/g, ''),
    code: 'COLUMN_ALL_NULL',
    message: /"species" has no value in any of the 100 rows/,
    where: /data\.label$/,
  },
  'a label of spaces in every row': {
    data: HEADER + rows().join('').replaceAll('iris', ' ').replaceAll('rose', '  '),
    code: 'COLUMN_ALL_NULL',
    message: /has no value/,
    where: /data\.label$/,
  },
  'a key without a value in any row': {
    data: HEADER + rows(() => '').join(''),
    key: '[width]',
    code: 'PART_EMPTY',
    message: /none of the 100 rows/,
    where: /split\.\w+$/,
  },
  'a tar archive under the name of a CSV': {
    data: tarOf(HEADER + rows().join('')),
    code: 'CONTROL_CHAR',
    message: /NUL byte/,
    where: /byte 17$/,
  },
  'an Avro file': {data: 'Obj\x01avro', code: 'DATA_BINARY', message: /an Avro file/, where: /byte 0$/},
  'Zstandard data': {
    data: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x04]),
    code: 'DATA_BINARY',
    message: /Zstandard/,
    where: /byte 0$/,
  },
};

describe('rows that cannot be used', () => {
  for (const [title, {data, key, ...verdict}] of Object.entries(REFUSED)) {
    it(`fail their run and harm no other: ${title}`, async () => {
      const world = await pushedWorld();

      const run = await drop(world, data, key);

      assertSays(run.failure, verdict);
      assertNothingPaid(world);
      assert.equal((await nextDrop(world)).state, 'released');
    });
  }
});

describe('rows that look odd', () => {
  const texts: Readonly<Record<string, readonly string[]>> = {
    'numbers that are none': ['1,5', '1e400', 'NaN', '0x10', '1_000'].map((text) => `"${text}"`),
    'dates that do not exist': ['2024-02-30', '0000-01-01', '2024-01-01T00:00+01:00'],
  };
  for (const [title, values] of Object.entries(texts)) {
    it(`go all the way as texts, and the profile says so: ${title}`, async () => {
      const world = await pushedWorld();

      const run = await drop(world, HEADER + rows((row) => values[row % values.length] ?? '').join(''));

      assert.equal(run.state, 'released', JSON.stringify(run.failure));
      const width = manifestOf(world, run).profile.columns.find(({name}) => name === 'width');
      assert.equal(width?.type, 'text');
    });
  }

  it('go all the way with 10,000 columns', async () => {
    const more = Array.from({length: 9997}, (_, column) => `c${column}`);
    const wide = rows()
      .slice(0, 50)
      .map((row) => `${',1'.repeat(more.length).slice(1)},${row}`);

    const run = await drop(await pushedWorld(), `${more.join(',')},${HEADER}${wide.join('')}`);

    assert.equal(run.state, 'released', JSON.stringify(run.failure));
  });

  it('stay together when they are equal, and the manifest and a warning say how many are', async () => {
    const world = await pushedWorld();

    const run = await drop(world, HEADER + rows().join('') + rows().slice(0, 30).join(''));

    const {leakage} = manifestOf(world, run);
    assert.deepEqual(leakage.duplicates, {sampled: 30, estimate: 30, standardError: 0});
    assert.equal(leakage.keysInSeveralParts, 0);
    assert.ok(run.split?.warnings?.some(({code}) => code === 'DUPLICATE_ROWS'));
  });

  it('are told when they are equal but for their form and in two parts, and cured by a key of columns', async () => {
    const data = HEADER + rows().join('') + rows((row) => `"${row % 7}.0"`).join('');
    const world = await pushedWorld();

    const byRow = await drop(world, data);
    const byColumn = await drop(world, data, '[length]');

    const isTold = (run: Run) => run.split?.warnings?.some(({code}) => code === 'SPELLING_LEAKAGE') ?? false;
    assert.equal(isTold(byRow), true);
    assert.equal(isTold(byColumn), false);
    assert.equal(manifestOf(world, byColumn).leakage.respelled.keys, 0);
  });
});
