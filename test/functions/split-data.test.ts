import assert from 'node:assert/strict';
import {splitData} from '../../functions/split-data.ts';
import {sha256Hex} from '../../shared/domain/ids.ts';
import {PARTS} from '../../shared/domain/split/split-definition.ts';
import {published} from '../support/events.ts';
import {BUCKETS, type World} from '../support/memory-ports.ts';
import {DATA_CSV, deliver, dies, erase, PIPELINE_YAML, played, push, runOf} from '../support/story.ts';

const stage = erase(splitData);

function topics(world: World): string[] {
  return world.messages.map(({topic}) => topic);
}

describe('split-data', () => {
  it('splits the file of the run and records where the parts are', async () => {
    const {world, runId} = await played(0);

    await deliver(stage, published('run-accepted', {runId}), world);

    const {state, split, definition} = runOf(world, runId);
    assert.equal(state, 'split');
    assert.equal(definition?.digest, sha256Hex(PIPELINE_YAML));
    assert.deepEqual(split?.columns, ['length', 'width', 'species']);
    assert.equal(split?.rejected, 0);
    assert.match(split?.labelSentence ?? '', /\.$/);
    let rows = 0;
    for (const part of PARTS) {
      assert.equal(split?.parts[part].uri, `gs://the-runs/flowers/${runId}/split/${part}.csv`);
      const text = world.objects.get(`${BUCKETS.runs}/flowers/${runId}/split/${part}.csv`)?.bytes.toString();
      assert.equal(text?.trimEnd().split('\n').length, 1 + (split?.parts[part].rows ?? 0));
      rows += split?.parts[part].rows ?? 0;
    }
    assert.equal(rows, DATA_CSV.trimEnd().split('\n').length - 1);
    assert.deepEqual(topics(world), ['run-accepted', 'split-ready']);
  });

  it('writes the manifest after the parts and before it says so, with its digest on the run', async () => {
    const {world, runId} = await played(0);
    const effects: string[] = [];
    world.beforeEffect = (name) => effects.push(name.split('/').at(-1) ?? '');

    await deliver(stage, published('run-accepted', {runId}), world);

    assert.deepEqual(effects.slice(-3), ['manifest.json', 'advance to split', 'publish split-ready']);
    const manifest = runOf(world, runId).split?.manifest ?? '';
    const text = world.objects.get(manifest.slice('gs://'.length))?.bytes.toString() ?? '';
    assert.equal(runOf(world, runId).split?.manifestSha256, sha256Hex(text));
    assert.equal(JSON.parse(text).input.object, 'flowers/data/flowers.csv');
  });

  it('keeps the definition it began with when a crash lets a new one in', async () => {
    const {world, runId} = await played(0);
    dies(world, (effect) => effect.endsWith('manifest.json'));
    await assert.rejects(deliver(stage, published('run-accepted', {runId}), world), /crash/);
    world.beforeEffect = () => {};
    await push(world, PIPELINE_YAML.replace('split: {}', 'split: {salt: another}'));

    await deliver(stage, published('run-accepted', {runId}), world);

    const {state, definition} = runOf(world, runId);
    assert.equal(state, 'split');
    assert.equal(definition?.digest, sha256Hex(PIPELINE_YAML));
  });

  it('announces again when the split was done before', async () => {
    const {world, runId} = await played(1);
    const before = runOf(world, runId);

    await deliver(stage, published('run-accepted', {runId}), world);

    assert.deepEqual(topics(world).slice(-2), ['split-ready', 'split-ready']);
    assert.deepEqual(runOf(world, runId), before);
  });

  it('does nothing for a run that has gone on or has ended', async () => {
    for (const state of ['building', 'tuning', 'failed', 'released'] as const) {
      const {world, runId} = await played(1);
      world.runs.set(runId, {...runOf(world, runId), state});

      await deliver(stage, published('run-accepted', {runId}), world);

      assert.equal(runOf(world, runId).state, state);
      assert.equal(topics(world).length, 2);
    }
  });

  it('refuses to take parts of other content for its own', async () => {
    const {world, runId} = await played(0);
    const name = `${BUCKETS.runs}/flowers/${runId}/split/test.csv`;
    const info = {bucket: BUCKETS.runs, name, generation: '1', sizeBytes: 1, crc32c: ''};
    world.objects.set(name, {info, bytes: Buffer.from('x')});

    await deliver(stage, published('run-accepted', {runId}), world);

    assert.equal(runOf(world, runId).failure?.code, 'INTEGRITY');
  });
});
