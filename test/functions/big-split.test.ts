import assert from 'node:assert/strict';
import {gzipSync} from 'node:zlib';
import {verify} from '../../cli/verify-split.ts';
import {splitData} from '../../functions/split-data.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import {type Manifest, manifestSchema} from '../../shared/domain/split/manifest.ts';
import {PARTS} from '../../shared/domain/split/split-definition.ts';
import {published} from '../support/events.ts';
import {endExecutions, storedText} from '../support/memory-bigquery.ts';
import {BUCKETS, emptyWorld, memoryPorts, type World} from '../support/memory-ports.ts';
import {deliver, dies, erase, PIPELINE_YAML, push, runOf} from '../support/story.ts';

const stage = erase(splitData);

interface Dropped {
  readonly world: World;
  readonly runId: string;
}

/** A run on a file that is larger than the limit. */
async function dropped(data: string | Buffer, definition = PIPELINE_YAML): Promise<Dropped> {
  const world = emptyWorld();
  await push(world, definition);
  const {objects, runs} = memoryPorts(world);
  const body = typeof data === 'string' ? data : data.toString('latin1');
  const object = await objects.put(BUCKETS.data, 'flowers/data/flowers.csv', body);
  if (typeof data !== 'string') {
    const key = `${BUCKETS.data}/flowers/data/flowers.csv`;
    world.objects.set(key, {info: object, bytes: data});
  }
  const input = {bucket: object.bucket, name: object.name, generation: object.generation, epoch: 0};
  const runId = runIdOf(input);
  await runs.create({id: runId, pipeline: 'flowers', input});
  world.sources = {inlineBytes: 10, datasets: []};
  return {world, runId};
}

function look({world, runId}: Dropped): Promise<void> {
  return deliver(stage, published('run-accepted', {runId}), world);
}

async function splitBig(data: string | Buffer, definition?: string): Promise<Dropped> {
  const drop = await dropped(data, definition);
  await look(drop);
  await endExecutions(drop.world);
  await look(drop);
  return drop;
}

async function splitInline(data: string, definition?: string): Promise<Dropped> {
  const drop = await dropped(data, definition);
  drop.world.sources = {inlineBytes: 1e9, datasets: []};
  await look(drop);
  return drop;
}

function manifestOf({world, runId}: Dropped): Manifest {
  return manifestSchema.parse(JSON.parse(storedText(world, `flowers/${runId}/split/manifest.json`)));
}

/** The records of every stream without their line ends, in no order. */
function recordsOf({world, runId}: Dropped, format: string): string[][] {
  return [...PARTS, 'rejects'].map((stream) =>
    storedText(world, `flowers/${runId}/split/${stream}.${format}`)
      .split(/\r?\n/)
      .filter((line) => line !== '')
      .sort(),
  );
}

const NUMBERS = Array.from(
  {length: 120},
  (_, index) => `${index},${index % 11},${index % 2 ? 'iris' : 'rose'}`,
);
const CSV = ['length,width,species', ...NUMBERS, ''].join('\n');
const QUOTED = [
  'length,width,species',
  ...NUMBERS.map((row, index) =>
    index % 3 === 0 ? row.replace(/(.*),(.*),(.*)/, '"a ""$1"", b","$2","$3"') : row,
  ),
  'too,few',
  '"x"y,1,iris',
  '',
].join('\r\n');
const JSONL = [
  ...NUMBERS.map((_, index) =>
    JSON.stringify({user: {id: index % 40}, name: `n "${index}"`, species: index % 2 ? 'iris' : 'rose'}),
  ),
  '{"user": {}}',
  'no json',
  '',
].join('\n');
const KEYED = PIPELINE_YAML.replace('split: {}', 'split: {key: [width, length], salt: "it\'s"}');
const LENIENT = 'data: {label: species, malformed: {limit: 5}}';
const JSON_YAML = PIPELINE_YAML.replace(
  'data: {label: species}',
  'data: {format: jsonl, label: species, malformed: {limit: 5}}',
);

const SAME: readonly (readonly [string, string, string, string])[] = [
  ['CSV by row', CSV, PIPELINE_YAML, 'csv'],
  ['CSV by columns', CSV, KEYED, 'csv'],
  ['quoted CSV by row', QUOTED, PIPELINE_YAML.replace('data: {label: species}', LENIENT), 'csv'],
  ['quoted CSV by columns', QUOTED, KEYED.replace('data: {label: species}', LENIENT), 'csv'],
  ['JSON Lines by row', JSONL, JSON_YAML, 'jsonl'],
  ['JSON Lines by path', JSONL, JSON_YAML.replace('split: {}', 'split: {key: [user.id]}'), 'jsonl'],
  [
    'JSON Lines by paths',
    JSONL,
    JSON_YAML.replace('split: {}', 'split: {key: [name, user.id], salt: s}'),
    'jsonl',
  ],
];

describe('a split past one instance', () => {
  it('asks the workflow once, with a generation that nobody replaces, and waits', async () => {
    const drop = await dropped(CSV);
    const {world, runId} = drop;

    await look(drop);
    await look(drop);

    assert.deepEqual([...world.executions.keys()], [`${runId}-split`]);
    assert.equal(runOf(world, runId).state, 'splitting');
    assert.equal(storedText(world, `flowers/${runId}/split/bigquery/source`), CSV);
    assert.ok(!world.objects.has(`${BUCKETS.runs}/flowers/${runId}/split/manifest.json`));
  });

  for (const [name, data, definition, format] of SAME) {
    it(`puts the same records into the same parts as the split of a small file: ${name}`, async () => {
      const big = await splitBig(data, definition);
      const small = await splitInline(data, definition);

      assert.equal(runOf(big.world, big.runId).failure, undefined);
      assert.deepEqual(recordsOf(big, format), recordsOf(small, format));
      const {input, columns, bucketCounts, parts, rowsOfOtherLabels, labelTest} = manifestOf(big);
      const other = manifestOf(small);
      assert.deepEqual(
        [input, columns, bucketCounts, rowsOfOtherLabels, labelTest],
        [other.input, other.columns, other.bucketCounts, other.rowsOfOtherLabels, other.labelTest],
      );
      for (const part of PARTS) assert.deepEqual(parts[part].labels, other.parts[part].labels);
    });
  }

  it('gives the same bytes for the same records in another order', async () => {
    const backwards = ['length,width,species', ...NUMBERS.toReversed(), ''].join('\n');
    const [one, two] = [manifestOf(await splitBig(CSV)), manifestOf(await splitBig(backwards))];

    for (const part of PARTS) assert.equal(one.parts[part].sha256, two.parts[part].sha256);
  });

  it('tells in the manifest what the parts were sealed from', async () => {
    const drop = await splitBig(CSV);
    const {staged, parts} = manifestOf(drop);

    assert.equal(staged?.test.prefix, `flowers/${drop.runId}/split/bigquery/test-a1-`);
    for (const part of PARTS) assert.equal(staged?.[part].rows, parts[part].rows);
  });

  it('is found identical when it is verified, and different when a shard was changed', async () => {
    const drop = await splitBig(CSV);
    const ports = memoryPorts(drop.world);
    assert.deepEqual((await verify(drop.runId, ports)).differences, []);

    drop.world.objects.delete(
      `${BUCKETS.runs}/flowers/${drop.runId}/split/bigquery/test-a1-000000000000.csv`,
    );

    await assert.rejects(verify(drop.runId, ports), {code: 'SPLIT_DISAGREES'});
  });

  it('ends in the same manifest after a crash before any effect, and when messages come twice', async () => {
    const calm = manifestOf(await splitBig(CSV));
    for (let fatal = 0, survived = false; !survived; fatal++) {
      const drop = await dropped(CSV);
      let effects = 0;
      dies(drop.world, () => effects++ === fatal);
      survived = await look(drop)
        .then(() => endExecutions(drop.world))
        .then(() => look(drop))
        .then(
          () => true,
          () => false,
        );
      drop.world.beforeEffect = () => {};
      await look(drop);
      if (!drop.world.objects.has(`${BUCKETS.runs}/flowers/${drop.runId}/split/manifest.json`)) {
        await endExecutions(drop.world);
        await look(drop);
      }
      await look(drop);
      assert.deepEqual(manifestOf(drop), calm, `crash before effect ${fatal}`);
      assert.equal(drop.world.executions.size, 1);
    }
  });

  const manyBuckets = `split: {buckets: 1000, training: [0-997], validation: [998], test: [999], salt: ${'x'.repeat(30_000)}}`;
  const refusals: readonly (readonly [string, string | Buffer, string, string])[] = [
    ['a line break in quotes', CSV.replace('5,5,iris', '"5\n",5,iris'), PIPELINE_YAML, 'QUOTED_LINE_BREAK'],
    [
      'bytes that are not UTF-8',
      Buffer.from(CSV.replace('5,5,iris', '\xff,5,iris'), 'latin1'),
      PIPELINE_YAML,
      'ENCODING_NOT_UTF8',
    ],
    ['gzip', gzipSync(CSV), PIPELINE_YAML, 'GZIP_TOO_LARGE'],
    ['a ZIP archive', Buffer.from(`PK\x03\x04${CSV}`), PIPELINE_YAML, 'DATA_BINARY'],
    ['a header without the label', CSV.replace('species', 'kind'), PIPELINE_YAML, 'COLUMN_MISSING'],
    [
      'the byte that BigQuery is told as the delimiter',
      CSV.replace('5,5,iris', '5,\u0001,iris'),
      PIPELINE_YAML,
      'BIGQUERY_REFUSED',
    ],
    ['JSON Lines with a byte order mark', `\uFEFF${JSONL}`, JSON_YAML, 'JSONL_SYNTAX'],
    [
      'a key that a JSONPath cannot name',
      JSONL.replaceAll('name', 'na\\\\me'),
      JSON_YAML.replace('split: {}', 'split: {key: ["na\\\\me"]}'),
      'KEY_NOT_IN_SQL',
    ],
    [
      'rules that make more SQL than a workflow takes',
      CSV,
      PIPELINE_YAML.replace('split: {}', manyBuckets),
      'SPLIT_RULES_TOO_LONG',
    ],
    [
      'whole numbers that are written with a fraction',
      JSONL.replaceAll(/"id":(\d+)/g, '"id":$1.0'),
      JSON_YAML.replace('split: {}', 'split: {key: [user.id]}'),
      'SPLIT_DISAGREES',
    ],
    ['a header and nothing else', 'length,width,species\n', PIPELINE_YAML, 'DATA_NO_ROWS'],
  ];
  for (const [name, data, definition, code] of refusals) {
    it(`refuses ${name}`, async () => {
      const {world, runId} = await splitBig(data, definition);

      const {state, failure} = runOf(world, runId);
      assert.deepEqual([state, failure?.code], ['failed', code]);
      assert.match(failure?.where ?? '', /^(gs:\/\/|split)/);
      assert.ok(!world.objects.has(`${BUCKETS.runs}/flowers/${runId}/split/manifest.json`));
    });
  }

  describe('of a table', () => {
    const TABLE = 'the-project.sales.orders';
    const ROWS = JSONL.split('\n').filter((line) => line.startsWith('{"user":{"id"'));

    async function splitTable(definition = JSON_YAML): Promise<Dropped> {
      const world = emptyWorld();
      await push(world, definition);
      const input = {bucket: 'bq', name: `flowers/${TABLE}`, generation: '1767225600000000', epoch: 0};
      const runId = runIdOf(input);
      await memoryPorts(world).runs.create({id: runId, pipeline: 'flowers', input});
      const drop = {world, runId};
      await look(drop);
      await endExecutions(world, {[TABLE]: ROWS});
      await look(drop);
      return drop;
    }

    it('gives the parts that the same records give as a file', async () => {
      const table = await splitTable();
      const file = await splitInline([...ROWS, ''].join('\n'), JSON_YAML);

      assert.deepEqual(recordsOf(table, 'jsonl'), recordsOf(file, 'jsonl'));
      const {input, bucketCounts} = manifestOf(table);
      assert.deepEqual(input, {table: TABLE, snapshotMicros: '1767225600000000'});
      assert.deepEqual(bucketCounts, manifestOf(file).bucketCounts);
      assert.ok((await verify(table.runId, memoryPorts(table.world))).identical);
    });

    it('is refused as CSV', async () => {
      const {world, runId} = await splitTable(PIPELINE_YAML);

      assert.equal(runOf(world, runId).failure?.code, 'TABLE_FORMAT');
    });
  });
});
