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

  it('lets no job keep the others from being cancelled', async () => {
    const {world, job} = await tuning();
    for (const id of ['2000', '3000']) world.jobs.set(id, {...job, id, name: `${job.name}-${id}`});
    const ports = memoryPorts(world);
    const {jobs} = ports.platforms.vertex;
    const cancel: typeof jobs.cancel = async (name) => {
      if (name.endsWith('2000')) throw new Error('not allowed');
      await jobs.cancel(name);
    };
    const platforms = {...ports.platforms, vertex: {...ports.platforms.vertex, jobs: {...jobs, cancel}}};

    await assert.rejects(endStrayJobs({...ports, platforms}, world.nowMs), {message: 'not allowed'});

    assert.deepEqual(
      [job.id, '2000', '3000'].map((id) => stateOf(world, id)),
      ['running', 'running', 'cancelled'],
    );
  });

  it('lets no platform keep the others from being looked at', async () => {
    const {world, runId, job} = await tuning();
    await memoryPorts(world).runs.fail(runId, 'sweep', {code: 'DEADLINE', message: 'late'});
    const ports = memoryPorts(world);
    const {vertex} = ports.platforms;
    const away = {...vertex, jobs: {...vertex.jobs, list: () => Promise.reject(new Error('switched off'))}};

    const ending = endStrayJobs({...ports, platforms: {'ai-platform': away, vertex}}, world.nowMs);

    await assert.rejects(ending, {message: 'switched off'});
    assert.equal(stateOf(world, job.id), 'cancelled');
  });
});
