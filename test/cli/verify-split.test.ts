import assert from 'node:assert/strict';
import {gzipSync} from 'node:zlib';
import {differencesBetween} from '../../cli/differences.ts';
import {verify} from '../../cli/verify-split.ts';
import type {Run} from '../../shared/domain/run.ts';
import {BUCKETS, memoryPorts, type World} from '../support/memory-ports.ts';
import {dropped} from '../support/services.ts';
import {DATA_CSV, PIPELINE_YAML, push, pushedWorld} from '../support/story.ts';

const NAME = 'flowers/data/flowers.csv';

async function splitWorld(): Promise<{world: World; run: Run}> {
  const world = await pushedWorld();
  return {world, run: await dropped(world, NAME, DATA_CSV)};
}

/** Writes over an object of the run's split. */
async function overwrite(
  world: World,
  run: Run,
  name: string,
  change: (text: string) => string,
): Promise<void> {
  const object = `flowers/${run.id}/split/${name}`;
  const text = world.objects.get(`${BUCKETS.runs}/${object}`)?.bytes.toString() ?? '';
  await memoryPorts(world).objects.put(BUCKETS.runs, object, change(text));
}

describe('verify', () => {
  it('finds a split identical that nobody touched, by its run and by its manifest', async () => {
    const {world, run} = await splitWorld();
    const manifest = run.split?.manifest ?? '';

    for (const name of [run.id, manifest])
      assert.deepEqual(await verify(name, memoryPorts(world)), {
        manifest,
        identical: true,
        differences: [],
      });
  });

  it('writes nothing', async () => {
    const {world, run} = await splitWorld();
    const before = new Map(world.objects);
    world.beforeEffect = (name) => assert.fail(`effect ${name}`);

    await verify(run.id, memoryPorts(world));

    assert.deepEqual(world.objects, before);
  });

  it('finds a split identical that was compared with an earlier run', async () => {
    const {world} = await splitWorld();
    const second = await dropped(world, NAME, DATA_CSV.replaceAll('rose', 'tulip'));

    assert.deepEqual((await verify(second.id, memoryPorts(world))).differences, []);
  });

  it('finds a split identical of gzip, with rows set aside, by two key columns of JSON Lines', async () => {
    const world = await pushedWorld();
    const yaml = PIPELINE_YAML.replace(
      'label: species',
      'label: species, format: jsonl, malformed: {limit: 5}',
    );
    await push(world, yaml.replace('split: {}', 'split: {key: [a, b.c], salt: pepper}'));
    const lines = Array.from(
      {length: 500},
      (_, row) => `{"a":${row % 90},"b":{"c":"é${row % 7}"},"species":"${row % 2}"}\n`,
    );
    const {id, split} = await dropped(world, NAME, gzipSync(`${lines.join('')}[]\n`));

    assert.equal(split?.rejected, 1);
    assert.deepEqual((await verify(id, memoryPorts(world))).differences, []);
  });

  it('tells which stored bytes are not those of the manifest', async () => {
    const {world, run} = await splitWorld();
    await overwrite(world, run, 'test.csv', (text) => `${text}0,0,iris\n`);

    const {identical, differences} = await verify(run.id, memoryPorts(world));

    assert.equal(identical, false);
    assert.deepEqual(
      differences.map(({field}) => field),
      ['stored.test.bytes', 'stored.test.sha256', 'stored.test.crc32c'],
    );
  });

  it('tells which part is not there', async () => {
    const {world, run} = await splitWorld();
    const object = `flowers/${run.id}/split/validation.csv`;
    world.objects.delete(`${BUCKETS.runs}/${object}`);

    assert.deepEqual((await verify(run.id, memoryPorts(world))).differences, [
      {field: 'stored.validation', written: object, found: undefined},
    ]);
  });

  it('tells which field of the manifest was changed, and that the run knows another one', async () => {
    const {world, run} = await splitWorld();
    await overwrite(world, run, 'manifest.json', (text) =>
      text.replace('"rowsOfOtherLabels": 0', '"rowsOfOtherLabels": 7'),
    );

    const {differences} = await verify(run.id, memoryPorts(world));

    assert.equal(differences[0]?.field, 'manifest.sha256');
    assert.deepEqual(differences.slice(1), [{field: 'rowsOfOtherLabels', written: 7, found: 0}]);
  });

  it('makes the check for leakage again', async () => {
    const {world, run} = await splitWorld();
    await overwrite(world, run, 'manifest.json', (text) =>
      text
        .replace('"keysInSeveralParts": 0', '"keysInSeveralParts": 1')
        .replace(/"sampled": \d+/, '"sampled": 1'),
    );

    const {differences} = await verify(run.id, memoryPorts(world));

    assert.deepEqual(
      differences.slice(1).map(({field}) => field),
      ['leakage.looked.sampled', 'leakage.keysInSeveralParts'],
    );
  });

  it('refuses when the generation that was split is gone', async () => {
    const {world, run} = await splitWorld();
    await memoryPorts(world).objects.put(BUCKETS.data, NAME, DATA_CSV);

    await assert.rejects(verify(run.id, memoryPorts(world)), {
      code: 'INPUT_GONE',
      where: /flowers\.csv#\d+$/,
    });
  });

  it('refuses a run that does not exist, one that was not split, and a URI without a manifest', async () => {
    const world = await pushedWorld();
    const {id} = await dropped(world, NAME, 'a\n1\n');
    const verifyNamed = (name: string) => verify(name, memoryPorts(world));

    await assert.rejects(verifyNamed('r0'), {code: 'NO_SUCH_RUN'});
    await assert.rejects(verifyNamed(id), {code: 'RUN_INCOMPLETE'});
    await assert.rejects(verifyNamed('gs://the-runs/manifest.json'), {code: 'MANIFEST_UNREADABLE'});
    await assert.rejects(verifyNamed(`gs://the-data/${NAME}`), {code: 'MANIFEST_UNREADABLE'});
  });
});

describe('differencesBetween', () => {
  it('names fields by their path, and absent ones', () => {
    assert.deepEqual(differencesBetween({a: {b: [1, 2]}, c: 1}, {a: {b: [1, 3, 4]}, d: null}), [
      {field: 'a.b.1', written: 2, found: 3},
      {field: 'a.b.2', written: undefined, found: 4},
      {field: 'c', written: 1, found: undefined},
      {field: 'd', written: undefined, found: null},
    ]);
  });
});
