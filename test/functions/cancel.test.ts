import assert from 'node:assert/strict';
import {completeJob} from '../../functions/complete-job.ts';
import {recordFailure} from '../../functions/record-failure.ts';
import {splitData} from '../../functions/split-data.ts';
import {startTuning} from '../../functions/start-tuning.ts';
import {cancelRun} from '../../shared/cancel-run.ts';
import {QUARANTINE_MS} from '../../shared/domain/effect.ts';
import {RetryableError} from '../../shared/errors.ts';
import {jobEnded, published} from '../support/events.ts';
import {enter} from '../support/memory-admissions.ts';
import {BUCKETS, memoryPorts, type World} from '../support/memory-ports.ts';
import {
  deliver,
  erase,
  play,
  played,
  runOf,
  STEPS,
  trainingSucceeds,
  tuningSucceeds,
} from '../support/story.ts';

const BY = {by: 'ann', reason: 'wrong file'};
const jobs = erase(completeJob);

/** A run after so many steps, whose end somebody has requested. */
async function asked(steps: number): Promise<{world: World; runId: string}> {
  const {world, runId} = await played(steps);
  assert.equal(await memoryPorts(world).runs.requestCancel(runId, BY), 'requested');
  return {world, runId};
}

function cancel(world: World, runId: string) {
  return cancelRun(runOf(world, runId), memoryPorts(world));
}

function states(world: World): string[] {
  return [...world.jobs.values()].map(({kind, state}) => `${kind} ${state}`);
}

describe('cancelRun', () => {
  for (const steps of [0, 1, 2, 3]) {
    it(`ends a run without a job at once, after ${steps} steps`, async () => {
      const {world, runId} = await asked(steps);

      assert.equal(await cancel(world, runId), 'cancelled');

      const run = runOf(world, runId);
      assert.deepEqual([run.state, run.ended, run.cancelRequested?.by], ['cancelled', undefined, 'ann']);
    });
  }

  it('leaves a build alone: others may wait for its image', async () => {
    const {world, runId} = await asked(2);

    await cancel(world, runId);

    assert.equal(world.builds.get('build-1')?.state, 'waiting');
  });

  it('ends the job first, and the run when the job has been seen ended', async () => {
    for (const steps of [4, 5]) {
      const {world, runId} = await asked(steps);
      const before = runOf(world, runId).state;

      assert.equal(await cancel(world, runId), 'ending');
      assert.equal(runOf(world, runId).state, before);
      assert.match(states(world).at(-1) ?? '', /cancelled$/);
      assert.equal(await cancel(world, runId), 'cancelled');

      const {ended} = runOf(world, runId);
      assert.equal(ended?.[0]?.state, 'cancelled');
      assert.equal(ended?.[0]?.job, [...world.jobs.values()].at(-1)?.name);
    }
  });

  it('notes a job that succeeds in the meantime, and goes no further', async () => {
    const {world, runId} = await asked(4);
    tuningSucceeds(world);

    await deliver(jobs, jobEnded('1000'), world);

    const run = runOf(world, runId);
    assert.deepEqual(
      [run.state, run.tuning?.best, run.ended?.[0]?.state],
      ['cancelled', undefined, 'succeeded'],
    );
    assert.deepEqual(states(world), ['tuning succeeded']);
  });

  it('is brought to its end by the end of the job', async () => {
    const {world, runId} = await asked(5);
    await cancel(world, runId);

    await deliver(jobs, jobEnded('1001'), world);

    assert.equal(runOf(world, runId).state, 'cancelled');
    assert.deepEqual(
      runOf(world, runId).ended?.map(({state}) => state),
      ['cancelled', 'succeeded'],
    );
  });

  it('waits while a request that nobody knows the outcome of may still make a job, then lets it do no work', async () => {
    const {world, runId} = await played(3);
    world.beforeEffect = (name) => {
      if (name === 'start tuning') throw new RetryableError('timeout');
    };
    await deliver(erase(startTuning), published('image-ready', {runId}), world).catch(() => {});
    world.beforeEffect = () => {};
    await memoryPorts(world).runs.requestCancel(runId, BY);

    assert.equal(await cancel(world, runId), 'ending');
    world.nowMs += QUARANTINE_MS;
    assert.equal(await cancel(world, runId), 'cancelled');

    assert.equal(enter(world, {effectKey: `${runId}-tune`, attempt: 1}), false);
  });

  it('waits for a job that works but is not listed', async () => {
    const {world, runId} = await played(3);
    const {effects} = memoryPorts(world);
    await effects.intend(`${runId}-tune`, 1, runId);
    enter(world, {effectKey: `${runId}-tune`, attempt: 1});
    await memoryPorts(world).runs.requestCancel(runId, BY);
    world.nowMs += QUARANTINE_MS;

    assert.equal(await cancel(world, runId), 'ending');
    assert.equal(runOf(world, runId).state, 'built');
  });

  it('gives up a job that enters in the very moment it is to be revoked', async () => {
    const {world, runId} = await played(3);
    const {effects} = memoryPorts(world);
    await effects.intend(`${runId}-tune`, 1, runId);
    await memoryPorts(world).runs.requestCancel(runId, BY);
    world.nowMs += QUARANTINE_MS;
    world.beforeEffect = (name) => {
      if (name.startsWith('revoke')) enter(world, {effectKey: `${runId}-tune`, attempt: 1});
    };

    assert.equal(await cancel(world, runId), 'ending');
  });

  it('gives back the permits and the places in line', async () => {
    const {world, runId} = await asked(4);
    await cancel(world, runId);
    await cancel(world, runId);

    assert.deepEqual(world.permits.get('tuning')?.holders, []);
  });

  it('gives back its place in line for a release', async () => {
    const {world, runId} = await played(6);
    const {permits, runs} = memoryPorts(world);
    await permits.take('release-flowers', 'r-other');
    await play(STEPS[6]!, world, runId);
    await runs.requestCancel(runId, BY);

    assert.equal(await cancel(world, runId), 'cancelled');

    assert.deepEqual(world.permits.get('release-flowers')?.line, []);
    assert.deepEqual(
      runOf(world, runId).ended?.map(({state}) => state),
      ['succeeded', 'succeeded'],
    );
  });

  it('waits for a job that has not begun, too', async () => {
    const {world, runId} = await asked(4);
    const [job] = world.jobs.values();
    world.jobs.set(job!.id, {...job!, state: 'waiting'});

    assert.equal(await cancel(world, runId), 'ending');
  });

  it('takes a job that is gone for ended', async () => {
    const {world, runId} = await asked(4);
    world.jobs.clear();

    assert.equal(await cancel(world, runId), 'cancelled');
    assert.equal(runOf(world, runId).ended, undefined);
  });
});

describe('an event of a run that shall be cancelled', () => {
  for (const [index, step] of STEPS.slice(0, 6).entries()) {
    it(`begins nothing and ends the run, at step ${index + 1} (${step.stage.name})`, async () => {
      const {world, runId} = await asked(index);
      const before = [world.jobs.size, world.builds.size, world.versions.size];

      await play(step, world, runId);
      for (const {topic, runId: told} of [...world.messages])
        if (topic === 'image-ready')
          await deliver(erase(startTuning), published(topic, {runId: told}), world);

      assert.equal(runOf(world, runId).state, 'cancelled');
      assert.deepEqual([world.jobs.size, world.builds.size, world.versions.size], before);
    });
  }

  it('ends it also when the event cannot be handled any more', async () => {
    const {world, runId} = await asked(0);
    world.objects.delete(`${BUCKETS.data}/flowers/pipeline.yaml`);

    await deliver(erase(splitData), published('run-accepted', {runId}), world);

    assert.deepEqual([runOf(world, runId).state, runOf(world, runId).failure], ['cancelled', undefined]);
  });

  it('ends it also when its deliveries were in vain', async () => {
    const {world, runId} = await asked(3);

    await deliver(erase(recordFailure), published('dead-letters', {runId}), world);

    assert.deepEqual([runOf(world, runId).state, world.outbox], ['cancelled', []]);
  });

  it('is delivered again while the service cannot say how its job stands', async () => {
    const {world, runId} = await asked(4);
    world.beforeEffect = (name) => {
      if (name === 'cancel job') throw new RetryableError('503');
    };

    await assert.rejects(deliver(jobs, published('job-complete', {runId}), world), /503/);

    assert.equal(runOf(world, runId).state, 'tuning');
  });

  it('does no harm to a run that has ended before', async () => {
    const {world, runId} = await played(6);
    trainingSucceeds(world, runId);
    await play(STEPS[6]!, world, runId);
    const run = {...runOf(world, runId), cancelRequested: {...BY, at: ''}};
    world.runs.set(runId, run);

    await play(STEPS[6]!, world, runId);

    assert.equal(runOf(world, runId).state, 'released');
  });
});
