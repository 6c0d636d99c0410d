import assert from 'node:assert/strict';
import {buildImage} from '../../functions/build-image.ts';
import {QUARANTINE_MS} from '../../shared/domain/effect.ts';
import {RefusedError, RetryableError} from '../../shared/errors.ts';
import {published} from '../support/events.ts';
import {BUCKETS, type World} from '../support/memory-ports.ts';
import {buildSucceeds, deliver, erase, IMAGE_TAG, played, runOf, TRAINER_DIGEST} from '../support/story.ts';

const stage = erase(buildImage);
const DIGEST = `sha256:${'b'.repeat(64)}`;
const SOURCE = `${BUCKETS.data}/flowers/trainer/${TRAINER_DIGEST}.tar.gz`;

/** A second run of the same pipeline, split as well. */
function second(world: World, runId: string): string {
  const id = runId.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  world.runs.set(id, {...runOf(world, runId), id, state: 'split'});
  return id;
}

/** Plays a service that fails whenever a build is to start. */
function refuseBuilds(world: World, error: Error): void {
  world.beforeEffect = (name) => {
    if (name === 'start build') throw error;
  };
}

describe('build-image', () => {
  it('starts one build and lets the run wait for it', async () => {
    const {world, runId} = await played(1);

    await deliver(stage, published('split-ready', {runId}), world);

    const {state, image} = runOf(world, runId);
    assert.equal(state, 'building');
    assert.deepEqual(image, {
      tag: IMAGE_TAG,
      uri: `registry/the-project/millrace/trainer:${IMAGE_TAG}`,
      reused: false,
    });
    assert.deepEqual(
      [...world.builds.values()].map(({tag, state: built}) => [tag, built]),
      [[IMAGE_TAG, 'waiting']],
    );
  });

  it('makes one build for all runs with the same trainer', async () => {
    const {world, runId} = await played(1);
    const other = second(world, runId);

    await deliver(stage, published('split-ready', {runId}), world);
    await deliver(stage, published('split-ready', {runId: other}), world);

    assert.equal(world.builds.size, 1);
    assert.equal(runOf(world, other).state, 'building');
  });

  it('reuses an image that is there, even when its source is gone', async () => {
    const {world, runId} = await played(1);
    world.images.set(IMAGE_TAG, DIGEST);
    world.objects.delete(SOURCE);

    await deliver(stage, published('split-ready', {runId}), world);

    const {state, image} = runOf(world, runId);
    assert.equal(state, 'built');
    assert.deepEqual(image, {
      tag: IMAGE_TAG,
      uri: `registry/the-project/millrace/trainer@${DIGEST}`,
      digest: DIGEST,
      reused: true,
    });
    assert.equal(world.builds.size, 0);
    assert.deepEqual(world.messages.at(-1), {topic: 'image-ready', runId});
  });

  it('announces a reused image again on redelivery', async () => {
    const {world, runId} = await played(1);
    world.images.set(IMAGE_TAG, DIGEST);

    await deliver(stage, published('split-ready', {runId}), world);
    await deliver(stage, published('split-ready', {runId}), world);

    assert.equal(world.messages.filter(({topic}) => topic === 'image-ready').length, 2);
  });

  it('lets a run go on whose build ended before the run waited for it', async () => {
    const {world, runId} = await played(2);
    const other = second(world, runId);
    buildSucceeds(world);
    world.images.clear();

    await deliver(stage, published('split-ready', {runId: other}), world);

    assert.equal(runOf(world, other).state, 'built');
    assert.equal(world.builds.size, 1);
  });

  it('tells a run of an ended build, and not all others who share the image', async () => {
    const {world, runId} = await played(2);
    const other = second(world, runId);
    buildSucceeds(world);
    world.images.clear();
    world.messages.length = 0;

    await deliver(stage, published('split-ready', {runId: other}), world);

    assert.deepEqual(world.messages, [{topic: 'image-ready', runId: other}]);
  });

  it('fails a run whose build had failed before the run waited for it', async () => {
    const {world, runId} = await played(2);
    const other = second(world, runId);
    world.builds.set('build-1', {...world.builds.get('build-1')!, state: 'failed', why: 'no disk'});

    await deliver(stage, published('split-ready', {runId: other}), world);

    assert.equal(runOf(world, other).failure?.message, 'the image build failed: no disk');
  });

  it('does nothing for a run that has gone on or has ended', async () => {
    for (const state of ['tuning', 'failed', 'rejected'] as const) {
      const {world, runId} = await played(1);
      world.runs.set(runId, {...runOf(world, runId), state});

      await deliver(stage, published('split-ready', {runId}), world);

      assert.equal(runOf(world, runId).state, state);
      assert.equal(world.builds.size, 0);
    }
  });

  it('sends no second build while the first request may still take effect', async () => {
    const {world, runId} = await played(1);
    refuseBuilds(world, new RetryableError('timeout'));
    await deliver(stage, published('split-ready', {runId}), world);
    world.beforeEffect = () => {};

    await assert.rejects(deliver(stage, published('split-ready', {runId}), world), /looking again in 130 s/);
    assert.equal(world.builds.size, 0);
    assert.match(runOf(world, runId).trouble?.message ?? '', /may still take effect/);

    world.nowMs += QUARANTINE_MS;
    await deliver(stage, published('split-ready', {runId}), world);
    assert.equal(world.builds.size, 1);
  });

  it('sends again at once when Cloud Build had refused', async () => {
    const {world, runId} = await played(1);
    refuseBuilds(world, new RefusedError('429'));
    await deliver(stage, published('split-ready', {runId}), world);
    assert.equal(world.builds.size, 0);
    world.beforeEffect = () => {};

    await deliver(stage, published('split-ready', {runId}), world);

    assert.equal(world.builds.size, 1);
  });

  it('refuses a run without a definition', async () => {
    const {world, runId} = await played(1);
    const {definition: _, ...run} = runOf(world, runId);
    world.runs.set(runId, run);

    await deliver(stage, published('split-ready', {runId}), world);

    assert.equal(runOf(world, runId).failure?.code, 'RUN_INCOMPLETE');
  });
});
