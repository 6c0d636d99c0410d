import assert from 'node:assert/strict';
import type {Job} from '../../../shared/job-ports.ts';
import {endStrayJobs} from '../../../shared/sweep/end-stray-jobs.ts';
import {at, memoryPorts, type World} from '../../support/memory-ports.ts';
import {played} from '../../support/story.ts';

async function tuning(): Promise<{world: World; runId: string; job: Job}> {
  const {world, runId} = await played(4);
  const [job] = world.jobs.values();
  return {world, runId, job: job!};
}

function endStrays(world: World): Promise<{orphans: number; duplicates: number}> {
  return endStrayJobs(memoryPorts(world), world.nowMs);
}

function stateOf(world: World, id: string): string | undefined {
  return world.jobs.get(id)?.state;
}

describe('ending stray jobs', () => {
  it('leaves the job of a run alone', async () => {
    const {world, job} = await tuning();

    assert.deepEqual(await endStrays(world), {orphans: 0, duplicates: 0});
    assert.equal(stateOf(world, job.id), 'running');
  });

  it('cancels the job of a run that has ended', async () => {
    const {world, runId, job} = await tuning();
    await memoryPorts(world).runs.fail(runId, 'sweep', {code: 'DEADLINE', message: 'late'});

    assert.deepEqual(await endStrays(world), {orphans: 1, duplicates: 0});
    assert.equal(stateOf(world, job.id), 'cancelled');
  });

  it('cancels the second job of an effect, not the first', async () => {
    const {world, job} = await tuning();
    world.jobs.set('2000', {...job, id: '2000', name: `${job.name}-copy`});

    assert.deepEqual(await endStrays(world), {orphans: 0, duplicates: 1});
    assert.deepEqual([stateOf(world, job.id), stateOf(world, '2000')], ['running', 'cancelled']);
  });

  it('cancels nothing that has ended', async () => {
    const {world, job} = await tuning();
    world.jobs.set('2000', {...job, id: '2000', name: `${job.name}-copy`, state: 'succeeded'});

    assert.deepEqual(await endStrays(world), {orphans: 0, duplicates: 0});
  });

  it('leaves jobs of other people alone', async () => {
    const {world, job} = await tuning();
    const {runId: _run, effectKey: _key, attempt: _attempt, ...foreign} = job;
    world.jobs.set('3000', {...foreign, id: '3000'});
    world.jobs.set('3001', {...job, id: '3001', runId: 'r-of-another-deployment', createTime: at(world)});

    assert.deepEqual(await endStrays(world), {orphans: 0, duplicates: 0});
  });
});
