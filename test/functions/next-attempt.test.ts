import assert from 'node:assert/strict';
import {completeJob} from '../../functions/complete-job.ts';
import type {Job} from '../../shared/job-ports.ts';
import {jobEnded, published} from '../support/events.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {deliver, erase, played, runOf, tuningSucceeds} from '../support/story.ts';

const stage = erase(completeJob);
const TUNING = '1000';
const TRAINING = '1001';

/** The tuning job runs. */
const tuning = () => played(4);
/** The training job runs. */
const training = () => played(5);

function change(world: World, id: string, changes: Partial<Job>): void {
  world.jobs.set(id, {...world.jobs.get(id)!, ...changes});
}

describe('complete-job of a job that does not count', () => {
  const changes = {state: 'succeeded', trials: []} as const;

  it('starts the next attempt when the job was refused admission', async () => {
    const {world, runId} = await tuning();
    await memoryPorts(world).admissions.revoke(`${runId}-tune`, 1);
    change(world, TUNING, changes);

    await deliver(stage, jobEnded(TUNING), world);

    assert.equal(runOf(world, runId).state, 'tuning');
    assert.deepEqual(
      [...world.jobs.values()].map(({kind, attempt}) => [kind, attempt]),
      [
        ['tuning', 1],
        ['tuning', 2],
      ],
    );
    assert.match(world.requests.get(TRAINING)?.args.at(-1) ?? '', /-tune\/a2$/);
  });

  it('starts training again when that job was refused admission', async () => {
    const {world, runId} = await training();
    await memoryPorts(world).admissions.revoke(`${runId}-train`, 1);
    change(world, TRAINING, changes);

    await deliver(stage, jobEnded(TRAINING), world);

    assert.equal(runOf(world, runId).state, 'training');
    assert.equal(world.effects.get(`${runId}-train`)?.attempt, 2);
    assert.ok(world.requests.get('1002')?.args.includes('--alpha=0.01'));
  });

  it('passes over it once the next attempt is open', async () => {
    const {world, runId} = await tuning();
    await memoryPorts(world).admissions.revoke(`${runId}-tune`, 1);
    change(world, TUNING, changes);
    await deliver(stage, jobEnded(TUNING), world);

    await deliver(stage, jobEnded(TUNING), world);

    assert.deepEqual([runOf(world, runId).state, world.jobs.size], ['tuning', 2]);
  });

  it('passes over a second job of an attempt', async () => {
    const {world, runId} = await tuning();
    const stray = {...world.jobs.get(TUNING)!, name: 'projects/1/locations/l/tuning/77', id: '77'};
    world.jobs.set('77', {...stray, state: 'failed'});

    await deliver(stage, jobEnded('77'), world);

    assert.equal(runOf(world, runId).state, 'tuning');
  });

  it('passes over a job that tells no attempt', async () => {
    const {world, runId} = await tuning();
    const {attempt: _, ...job} = world.jobs.get(TUNING)!;
    world.jobs.set(TUNING, {...job, state: 'failed'});

    await deliver(stage, jobEnded(TUNING), world);

    assert.equal(runOf(world, runId).state, 'tuning');
  });

  it('uses nothing of a job whose attempt is given up at the same moment', async () => {
    const {world, runId} = await tuning();
    tuningSucceeds(world);
    world.beforeEffect = (name) => {
      if (name.startsWith('record'))
        world.effects.set(`${runId}-tune`, {attempt: 2, sentAtMs: 0, refused: false});
    };

    await assert.rejects(deliver(stage, jobEnded(TUNING), world), {name: 'NotYetError'});

    assert.equal(runOf(world, runId).state, 'tuning');
  });
});

describe('complete-job of a job that failed through the service', () => {
  const failed = {state: 'failed', why: 'internal error', fault: 'service'} as const;

  it('counts a failed attempt, and starts the next one when it is asked again', async () => {
    const {world, runId} = await tuning();
    change(world, TUNING, failed);

    await deliver(stage, jobEnded(TUNING), world);
    const {state, trouble} = runOf(world, runId);
    assert.deepEqual(
      [state, trouble?.message],
      ['tuning', 'the service failed the tuning job: internal error'],
    );
    assert.ok(world.executions.has(`${runId}-complete-job-1`));
    await deliver(stage, jobEnded(TUNING), world);

    assert.deepEqual([world.jobs.size, world.effects.get(`${runId}-tune`)?.attempt], [2, 2]);
  });

  it('goes on with the result of the next attempt', async () => {
    const {world, runId} = await tuning();
    change(world, TUNING, failed);
    await deliver(stage, jobEnded(TUNING), world).catch(() => {});
    await deliver(stage, jobEnded(TUNING), world);
    const trials = [{id: '1', state: 'succeeded', parameters: {alpha: 0.02}, metric: 0.7}] as const;
    change(world, TRAINING, {state: 'succeeded', trials});

    await deliver(stage, published('job-complete', {runId}), world);

    const run = runOf(world, runId);
    assert.deepEqual([run.state, run.tuning?.best?.parameters], ['training', {alpha: 0.02}]);
    assert.equal(run.tuning?.job, world.jobs.get(TRAINING)?.name);
  });

  it('finds out what became of the next attempt when nobody knows', async () => {
    const {world, runId} = await training();
    change(world, TRAINING, failed);
    await deliver(stage, jobEnded(TRAINING), world).catch(() => {});
    world.beforeEffect = (name) => {
      if (name.startsWith('record')) throw new Error('crash');
    };
    await deliver(stage, jobEnded(TRAINING), world).catch(() => {});
    world.beforeEffect = () => {};

    await deliver(stage, published('job-complete', {runId}), world);

    assert.equal(world.effects.get(`${runId}-train`)?.resource, world.jobs.get('1002')?.name);
    assert.equal(world.jobs.size, 3);
  });
});
