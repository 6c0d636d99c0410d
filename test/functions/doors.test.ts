import assert from 'node:assert/strict';
import {buildImage} from '../../functions/build-image.ts';
import {completeJob} from '../../functions/complete-job.ts';
import {startTuning} from '../../functions/start-tuning.ts';
import type {PermitKind} from '../../shared/domain/permits.ts';
import {leaveDoor} from '../../shared/doors.ts';
import {checkRuns} from '../../shared/sweep/check-runs.ts';
import {published} from '../support/events.ts';
import {LIMITS} from '../support/memory-permits.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {deliver, erase, IMAGE_TAG, play, played, runOf, STEPS, tuningSucceeds} from '../support/story.ts';

/** After so long the sweep looks at a run that is built. */
const FIVE_MINUTES_MS = 300_000;

/** Others hold every permit of a kind. */
async function crowded(world: World, kind: PermitKind): Promise<void> {
  const {permits} = memoryPorts(world);
  for (let other = 0; other < LIMITS(kind).atOnce; other++) await permits.take(kind, `other-${other}`);
}

async function oneLeaves(world: World, kind: PermitKind): Promise<string[]> {
  world.messages.length = 0;
  await leaveDoor(kind, 'other-0', memoryPorts(world));
  return world.messages.map(({topic, runId}) => `${topic} ${runId}`);
}

function holders(world: World, kind: PermitKind): readonly string[] {
  return world.permits.get(kind)?.holders ?? [];
}

/** A run before one of its steps, with no permit left for what it would begin there. */
async function atDoor(step: number, kind: PermitKind): Promise<{world: World; runId: string}> {
  const {world, runId} = await played(step);
  await crowded(world, kind);
  await play(STEPS[step]!, world, runId);
  return {world, runId};
}

describe('the door to a build', () => {
  it('lets nobody through without a permit: the run waits and says so', async () => {
    const {world, runId} = await atDoor(1, 'build');

    const {state, waiting} = runOf(world, runId);
    assert.deepEqual([state, waiting?.door, world.builds.size], ['building', 'build', 0]);
  });

  it('keeps one place for a run that asks again', async () => {
    const {world, runId} = await atDoor(1, 'build');
    const {rev} = runOf(world, runId);

    await play(STEPS[1]!, world, runId);

    assert.deepEqual([world.permits.get('build')?.line, runOf(world, runId).rev], [[IMAGE_TAG], rev]);
  });

  it('opens when somebody leaves', async () => {
    const {world, runId} = await atDoor(1, 'build');

    assert.deepEqual(await oneLeaves(world, 'build'), [`split-ready ${runId}`]);
    await deliver(erase(buildImage), published('split-ready', {runId}), world);

    assert.deepEqual([world.builds.size, holders(world, 'build').includes(IMAGE_TAG)], [1, true]);
  });

  it('needs one permit for all who need the same image, and gives it back with the build', async () => {
    const {world, runId} = await played(2);
    assert.deepEqual(holders(world, 'build'), [IMAGE_TAG]);

    await play(STEPS[2]!, world, runId);

    assert.deepEqual([holders(world, 'build'), runOf(world, runId).waiting], [[], undefined]);
  });

  it('takes the permit back from a build that failed', async () => {
    const {world} = await played(2);
    world.builds.set('build-1', {...world.builds.get('build-1')!, state: 'failed'});

    await deliver(erase(startTuning), published('cloud-builds', {id: 'build-1'}), world);

    assert.deepEqual(holders(world, 'build'), []);
  });
});

describe('the door to tuning', () => {
  it('lets nobody through without a permit: the run waits and says so', async () => {
    const {world, runId} = await atDoor(3, 'tuning');

    const {state, waiting} = runOf(world, runId);
    assert.deepEqual([state, waiting?.door, world.jobs.size], ['built', 'tuning', 0]);
  });

  it('opens when somebody leaves', async () => {
    const {world, runId} = await atDoor(3, 'tuning');

    assert.deepEqual(await oneLeaves(world, 'tuning'), [`image-ready ${runId}`]);
    await play(STEPS[3]!, world, runId);

    const {state, waiting} = runOf(world, runId);
    assert.deepEqual([state, waiting, world.jobs.size], ['tuning', undefined, 1]);
  });

  it('wakes one of many in line when one leaves, and another when another does', async () => {
    const {world, runId} = await atDoor(3, 'tuning');
    for (const later of ['later-0', 'later-1', 'later-2'])
      await memoryPorts(world).permits.take('tuning', later);

    assert.deepEqual(await oneLeaves(world, 'tuning'), [`image-ready ${runId}`]);
    await leaveDoor('tuning', 'other-1', memoryPorts(world));

    assert.deepEqual(
      world.messages.map((message) => message.runId),
      [runId, 'later-0'],
    );
  });

  it('gives one permit back once: told a second time that its job has ended, it wakes nobody', async () => {
    const {world} = await atDoor(3, 'tuning');
    await memoryPorts(world).permits.take('tuning', 'later');
    await oneLeaves(world, 'tuning');

    assert.deepEqual(await oneLeaves(world, 'tuning'), []);
  });

  it('is found by the sweep for a run that was given a permit and never woken', async () => {
    const {world, runId} = await atDoor(3, 'tuning');
    world.beforeEffect = (effect) => {
      if (effect === 'publish image-ready') throw new Error('killed');
    };
    await assert.rejects(oneLeaves(world, 'tuning'), /killed/);
    world.beforeEffect = () => {};
    world.nowMs += FIVE_MINUTES_MS;

    await checkRuns(memoryPorts(world), {nowMs: world.nowMs, limit: 10});
    assert.deepEqual(world.messages, [{topic: 'image-ready', runId}]);
    await play(STEPS[3]!, world, runId);

    assert.equal(runOf(world, runId).state, 'tuning');
  });

  it('lets pass who holds a permit from before a crash', async () => {
    const {world, runId} = await played(3);
    await memoryPorts(world).permits.take('tuning', runId);
    await crowded(world, 'tuning');

    await play(STEPS[3]!, world, runId);

    assert.equal(runOf(world, runId).state, 'tuning');
  });

  it('takes the permit back from a job that failed', async () => {
    const {world, runId} = await played(4);
    const [job] = world.jobs.values();
    world.jobs.set(job!.id, {...job!, state: 'failed'});

    await play({...STEPS[4]!, before: () => {}}, world, runId);

    assert.deepEqual([runOf(world, runId).state, holders(world, 'tuning')], ['failed', []]);
  });
});

describe('the end of a build', () => {
  it('is told to no run that stands before the door to tuning already', async () => {
    const {world, runId} = await atDoor(3, 'tuning');
    world.messages.length = 0;

    await deliver(erase(startTuning), published('cloud-builds', {id: 'build-1'}), world);

    assert.deepEqual([world.messages, runOf(world, runId).state], [[], 'built']);
  });
});

describe('the door to training', () => {
  it('keeps the result of tuning, and the permit for it no longer, while the run waits', async () => {
    const {world, runId} = await atDoor(4, 'training');

    const {state, waiting, tuning} = runOf(world, runId);
    assert.deepEqual([state, waiting?.door, tuning?.best?.id], ['tuned', 'training', '2']);
    assert.deepEqual([world.jobs.size, holders(world, 'tuning')], [1, []]);
  });

  it('opens when somebody leaves', async () => {
    const {world, runId} = await atDoor(4, 'training');

    assert.deepEqual(await oneLeaves(world, 'training'), [`job-complete ${runId}`]);
    await deliver(erase(completeJob), published('job-complete', {runId}), world);

    assert.deepEqual([runOf(world, runId).state, world.jobs.size], ['training', 2]);
  });

  it('takes the permit back when the job has ended', async () => {
    const {world, runId} = await played(5);
    assert.deepEqual(holders(world, 'training'), [runId]);

    await play(STEPS[5]!, world, runId);

    assert.deepEqual(holders(world, 'training'), []);
  });
});

describe('complete-job, asked to look at a run', () => {
  it('sees that the job has ended, whatever became of the message about it', async () => {
    const {world, runId} = await played(4);
    tuningSucceeds(world);

    await deliver(erase(completeJob), published('job-complete', {runId}), world);

    assert.equal(runOf(world, runId).state, 'training');
  });

  it('lets a job that runs go on', async () => {
    const {world, runId} = await played(4);

    await deliver(erase(completeJob), published('job-complete', {runId}), world);

    assert.deepEqual([runOf(world, runId).state, holders(world, 'tuning')], ['tuning', [runId]]);
  });

  it('does nothing for a run without a job', async () => {
    const {world, runId} = await played(3);

    await deliver(erase(completeJob), published('job-complete', {runId}), world);

    assert.equal(runOf(world, runId).state, 'built');
  });
});
