import assert from 'node:assert/strict';
import type {Build} from '../../shared/job-ports.ts';
import {observeBuild} from '../../shared/observe-build.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {IMAGE_TAG, play, played, runOf, STEPS} from '../support/story.ts';

const DIGEST = `sha256:${'b'.repeat(64)}`;
const EFFECT = `img-${'a'.repeat(40)}`;
const BUILD: Build = {
  id: 'build-1',
  state: 'succeeded',
  tag: IMAGE_TAG,
  digest: DIGEST,
  effectKey: EFFECT,
  attempt: 1,
};

/** The first step splits, the second starts the build. */
const waiting = () => played(2);

function withSecondRun(world: World, runId: string, state: 'building' | 'built'): string {
  const id = runId.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  world.runs.set(id, {...runOf(world, runId), id, state});
  return id;
}

function announced(world: World): string[] {
  return world.messages.filter(({topic}) => topic === 'image-ready').map(({runId}) => runId);
}

describe('observeBuild', () => {
  it('lets every run go on that waits for the image', async () => {
    const {world, runId} = await waiting();
    const other = withSecondRun(world, runId, 'building');

    await observeBuild(BUILD, EFFECT, memoryPorts(world));

    for (const id of [runId, other]) {
      const {state, image} = runOf(world, id);
      assert.equal(state, 'built');
      assert.deepEqual(image, {
        tag: IMAGE_TAG,
        uri: `registry/the-project/millrace/trainer@${DIGEST}`,
        build: 'build-1',
        digest: DIGEST,
        reused: false,
      });
    }
    assert.deepEqual(announced(world), [runId, other]);
  });

  it('tells a run again that has the image and may not know', async () => {
    const {world, runId} = await waiting();
    const other = withSecondRun(world, runId, 'built');

    await observeBuild(BUILD, EFFECT, memoryPorts(world));

    assert.deepEqual(announced(world), [runId, other]);
  });

  it('names the image by its tag when the build tells no digest', async () => {
    const {world, runId} = await waiting();
    const {digest: _, ...build} = BUILD;

    await observeBuild(build, EFFECT, memoryPorts(world));

    assert.equal(runOf(world, runId).image?.uri, `registry/the-project/millrace/trainer:${IMAGE_TAG}`);
  });

  it('does nothing while the build goes on', async () => {
    const {world, runId} = await waiting();

    await observeBuild({...BUILD, state: 'waiting'}, EFFECT, memoryPorts(world));

    assert.equal(runOf(world, runId).state, 'building');
    assert.deepEqual(announced(world), []);
  });

  it('does nothing for a build without a tag', async () => {
    const {world, runId} = await waiting();
    const {tag: _, ...build} = BUILD;

    await observeBuild({...build, state: 'failed'}, EFFECT, memoryPorts(world));

    assert.equal(runOf(world, runId).state, 'building');
    assert.equal(world.effects.get(EFFECT)?.resource, 'build-1');
  });

  it('leaves runs alone that wait for another image', async () => {
    const {world, runId} = await waiting();

    await observeBuild({...BUILD, tag: `src-${'f'.repeat(40)}`, state: 'failed'}, EFFECT, memoryPorts(world));

    assert.equal(runOf(world, runId).state, 'building');
  });

  it('closes the runs that wait for a build that failed, with its reason', async () => {
    const {world, runId} = await waiting();
    const other = withSecondRun(world, runId, 'building');

    await observeBuild({...BUILD, state: 'failed', why: 'pip found no numpy'}, EFFECT, memoryPorts(world));

    for (const id of [runId, other]) {
      assert.deepEqual(runOf(world, id).failure, {
        stage: 'build-image',
        code: 'BUILD_FAILED',
        message: 'the image build failed: pip found no numpy',
        where: 'build build-1',
        hint: 'Mend the trainer, run "millrace push" and drop the file again.',
      });
    }
  });

  it('does not close a run that has its image already', async () => {
    const {world, runId} = await waiting();
    const other = withSecondRun(world, runId, 'built');

    await observeBuild({...BUILD, state: 'failed'}, EFFECT, memoryPorts(world));

    assert.equal(runOf(world, other).state, 'built');
    assert.match(runOf(world, runId).failure?.message ?? '', /Cloud Build gave no reason/);
  });

  it('lets the next run build again after a failure', async () => {
    const {world} = await waiting();

    await observeBuild({...BUILD, state: 'failed'}, EFFECT, memoryPorts(world));

    assert.deepEqual({...world.effects.get(EFFECT), sentAtMs: 0}, {attempt: 1, sentAtMs: 0, refused: true});
  });

  it('has the runs build again when the build was refused admission', async () => {
    const {world, runId} = await waiting();
    const {admissions} = memoryPorts(world);
    await admissions.revoke(EFFECT, 1);
    world.messages.length = 0;

    await observeBuild({...BUILD, state: 'failed'}, EFFECT, memoryPorts(world));
    await play(STEPS[1]!, world, runId);

    assert.deepEqual(world.messages, [{topic: 'split-ready', runId}]);
    assert.deepEqual([runOf(world, runId).state, world.effects.get(EFFECT)?.attempt], ['building', 2]);
  });

  it('closes nothing for a build whose attempt is history', async () => {
    const {world, runId} = await waiting();
    world.effects.set(EFFECT, {attempt: 2, sentAtMs: world.nowMs, refused: false});

    await observeBuild({...BUILD, state: 'failed'}, EFFECT, memoryPorts(world));

    assert.equal(runOf(world, runId).state, 'building');
  });

  it('closes the runs of a build that failed before anybody could record it', async () => {
    const {world, runId} = await waiting();
    world.effects.set(EFFECT, {attempt: 1, sentAtMs: world.nowMs, refused: false});

    await observeBuild({...BUILD, state: 'failed'}, EFFECT, memoryPorts(world));

    assert.equal(runOf(world, runId).failure?.code, 'BUILD_FAILED');
  });

  it('closes nothing when the failure of an earlier build is told again', async () => {
    const {world, runId} = await waiting();

    await observeBuild({...BUILD, id: 'build-0', state: 'failed'}, EFFECT, memoryPorts(world));

    assert.equal(world.effects.get(EFFECT)?.resource, 'build-1');
    assert.equal(runOf(world, runId).state, 'building');
  });
});
