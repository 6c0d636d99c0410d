import assert from 'node:assert/strict';
import {releaseModel} from '../../functions/release-model.ts';
import {cancelRun} from '../../shared/cancel-run.ts';
import {trained} from '../support/challenger.ts';
import {published} from '../support/events.ts';
import {emptyWorld, memoryPorts, type World} from '../support/memory-ports.ts';
import {dropped} from '../support/services.ts';
import {DATA_CSV, deliver, dies, erase, PIPELINE_YAML, push, runOf} from '../support/story.ts';

const stage = erase(releaseModel);
const SERVE_NONE = PIPELINE_YAML.replace('{model: flowers, endpoint: flowers}', 'none');

async function unserved(): Promise<World> {
  const world = emptyWorld();
  await push(world, SERVE_NONE);
  return world;
}

/** One version is champion, the next is trained. */
async function challenged(): Promise<{world: World; runId: string}> {
  const world = await unserved();
  await dropped(world, 'flowers/data/first.csv', DATA_CSV);
  return trained(world);
}

describe('a pipeline with "serve: none"', () => {
  it('registers a version of the model that has the name of the pipeline, and stops there', async () => {
    const world = await unserved();

    const {state, release} = await dropped(world, 'flowers/data/first.csv', DATA_CSV);

    assert.equal(state, 'released');
    assert.deepEqual([release?.model, release?.version, release?.endpoint], ['flowers', '1', undefined]);
    assert.deepEqual([...world.champions], [['flowers', '1']]);
    assert.deepEqual([...world.endpoints], []);
    const [told] = world.outbox;
    assert.equal(told?.topic, 'version-released');
    assert.equal('endpoint' in (told?.body ?? {}), false);
  });

  it('compares the next model with the champion, and crowns it', async () => {
    const {world, runId} = await challenged();

    await deliver(stage, published('model-exported', {runId}), world);

    assert.equal(runOf(world, runId).release?.replaces, '1');
    assert.equal(world.champions.get('flowers'), '2');
  });

  it('releases one model at a time', async () => {
    const {world, runId} = await challenged();
    await memoryPorts(world).permits.take('release-flowers', 'another');

    await deliver(stage, published('model-exported', {runId}), world);

    assert.equal(runOf(world, runId).state, 'trained');
  });

  it('gives the champion its alias back when the run is cancelled half-way', async () => {
    const {world, runId} = await challenged();
    dies(world, (effect) => effect === 'advance to released');
    await assert.rejects(deliver(stage, published('model-exported', {runId}), world), /crash/);
    world.beforeEffect = () => {};
    assert.equal(world.champions.get('flowers'), '2');
    await memoryPorts(world).runs.requestCancel(runId, {by: 'ann', reason: 'wrong file'});

    await cancelRun(runOf(world, runId), memoryPorts(world));

    assert.equal(runOf(world, runId).state, 'cancelled');
    assert.equal(world.champions.get('flowers'), '1');
  });

  it('has no champion when the first one is cancelled half-way', async () => {
    const {world, runId} = await trained(await unserved());
    dies(world, (effect) => effect === 'advance to released');
    await assert.rejects(deliver(stage, published('model-exported', {runId}), world), /crash/);
    world.beforeEffect = () => {};
    await memoryPorts(world).runs.requestCancel(runId, {by: 'ann', reason: 'wrong file'});

    await cancelRun(runOf(world, runId), memoryPorts(world));

    assert.deepEqual([...world.champions], []);
  });
});
