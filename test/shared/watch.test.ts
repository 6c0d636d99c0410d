import assert from 'node:assert/strict';
import {RetryableError} from '../../shared/errors.ts';
import {watch} from '../../shared/watch.ts';
import {memoryPorts} from '../support/memory-ports.ts';
import {play, played, runOf, STEPS} from '../support/story.ts';

describe('watch', () => {
  for (const [steps, kind, key, name] of [
    [2, 'build', 'build-build-1', 'build-1'],
    [4, 'tuning', 'tuning-1000', 'projects/1/locations/l/tuning/1000'],
    [5, 'training', 'training-1001', 'projects/1/locations/l/training/1001'],
  ] as const) {
    it(`has a workflow follow the ${kind} that a stage started`, async () => {
      const {world} = await played(steps);

      assert.deepEqual(world.executions.get(key), {workflow: 'watch-job', argument: {kind, name}});
    });
  }

  it('says of a job of AI Platform that it is there, under a key without its underscores', async () => {
    const {world} = await played(2);
    const name = 'projects/p/jobs/r1_tune_a1';

    await watch('tuning', name, memoryPorts(world));

    const execution = world.executions.get('tuning-r1-tune-a1');
    assert.deepEqual(execution, {workflow: 'watch-job', argument: {kind: 'ai-platform', name}});
  });

  it('starts one workflow however often the stage looks', async () => {
    const {world, runId} = await played(2);

    await play(STEPS[1]!, world, runId);

    assert.equal(world.executions.size, 1);
  });

  it('is made up for, without a second job, when the workflow could not be started', async () => {
    const {world, runId} = await played(3);
    world.beforeEffect = (effect) => {
      if (effect === 'start watch-job') throw new RetryableError('503');
    };
    await play(STEPS[3]!, world, runId);
    assert.equal(runOf(world, runId).state, 'built');
    world.beforeEffect = () => {};

    await play(STEPS[3]!, world, runId);

    assert.equal(runOf(world, runId).state, 'tuning');
    assert.equal(world.jobs.size, 1);
    assert.ok(world.executions.has('tuning-1000'));
  });
});
