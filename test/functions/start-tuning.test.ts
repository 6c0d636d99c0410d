import assert from 'node:assert/strict';
import {startTuning} from '../../functions/start-tuning.ts';
import {PermanentError} from '../../shared/errors.ts';
import {published} from '../support/events.ts';
import {buildSucceeds, deliver, erase, played, runOf} from '../support/story.ts';

const stage = erase(startTuning);
const BUILT = published('cloud-builds', {id: 'build-1', status: 'SUCCESS'});

/** Steps: split, build, its end. */
const built = () => played(3);

describe('start-tuning', () => {
  it('starts one tuning job of the image by digest, on training and validation rows', async () => {
    const {world, runId} = await built();

    await deliver(stage, published('image-ready', {runId}), world);

    const {state, tuning} = runOf(world, runId);
    assert.equal(state, 'tuning');
    assert.equal(tuning?.job, 'projects/1/locations/l/tuning/1000');
    const {tune: _, ...request} = {tune: undefined, ...world.requests.get('1000')};
    assert.deepEqual(request, {
      runId,
      effectKey: `${runId}-tune`,
      attempt: 1,
      image: `registry/the-project/millrace/trainer@sha256:${'b'.repeat(64)}`,
      args: [
        `--training_dataset_path=gs://the-runs/flowers/${runId}/split/training.csv`,
        `--validation_dataset_path=gs://the-runs/flowers/${runId}/split/validation.csv`,
        '--label=species',
        '--hptune',
        `--admission_object=gs://the-admissions/${runId}-tune/a1`,
      ],
      machineType: 'n1-standard-4',
      outputUri: `gs://the-runs/flowers/${runId}/tune`,
    });
  });

  it('starts no second job when the message comes again', async () => {
    const {world, runId} = await built();

    await deliver(stage, published('image-ready', {runId}), world);
    await deliver(stage, published('image-ready', {runId}), world);

    assert.equal(world.jobs.size, 1);
  });

  it('lets the runs go on when their build has ended', async () => {
    const {world, runId} = await played(2);
    buildSucceeds(world);

    await deliver(stage, BUILT, world);

    assert.equal(runOf(world, runId).state, 'built');
    assert.deepEqual(world.messages.at(-1), {topic: 'image-ready', runId});
    assert.equal(world.jobs.size, 0);
  });

  it('believes the service about a build, not the message', async () => {
    const {world, runId} = await played(2);

    await deliver(stage, BUILT, world);

    assert.equal(runOf(world, runId).state, 'building');
    assert.equal(world.rejects.size, 0);
    assert.deepEqual(startTuning.plan({buildId: 'build-1'}, {build: world.builds.get('build-1')}), {
      kind: 'skip',
      why: 'the build has not ended',
    });
  });

  it('passes over builds of others', async () => {
    const {world, runId} = await played(2);
    world.builds.set('theirs', {id: 'theirs', state: 'failed', tag: 'latest', effectKey: ''});
    world.builds.set('untagged', {id: 'untagged', state: 'failed', effectKey: ''});

    for (const id of ['theirs', 'untagged', 'unknown']) {
      await deliver(stage, published('cloud-builds', {id}), world);
    }

    assert.equal(runOf(world, runId).state, 'building');
    assert.equal(world.rejects.size, 0);
  });

  it('does not tune before the image is ready or after the run has ended', async () => {
    for (const state of ['split', 'building', 'tuned', 'failed'] as const) {
      const {world, runId} = await built();
      world.runs.set(runId, {...runOf(world, runId), state});

      await deliver(stage, published('image-ready', {runId}), world);

      assert.equal(world.jobs.size, 0, state);
      assert.equal(runOf(world, runId).state, state);
    }
  });

  it('fails the run when Vertex AI will never accept the job', async () => {
    const {world, runId} = await built();
    world.beforeEffect = (name) => {
      if (name === 'start tuning') throw new PermanentError('SERVICE_REFUSED', 'no such machine type');
    };

    await deliver(stage, published('image-ready', {runId}), world);

    assert.equal(runOf(world, runId).failure?.message, 'no such machine type');
  });
});
