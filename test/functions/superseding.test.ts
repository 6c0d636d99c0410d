import assert from 'node:assert/strict';
import {receiveData} from '../../functions/receive-data.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import {finalized} from '../support/events.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {deliver, dies, erase, play, played, runOf, STEPS} from '../support/story.ts';

/** Drops another generation of a run's object; its number differs from the run's by `by`. */
async function dropAgain(world: World, runId: string, by: bigint): Promise<string> {
  const {bucket, name, generation} = runOf(world, runId).input;
  const object = {bucket, name, generation: String(BigInt(generation) + by)};
  await deliver(erase(receiveData), finalized(object), world);
  return runIdOf({...object, epoch: 0});
}

describe('a newer generation of an object', () => {
  for (const [door, step] of [
    ['build', 1],
    ['tuning', 3],
  ] as const) {
    it(`takes the place of an older run at the door to ${door}`, async () => {
      const {world, runId} = await played(step);
      await dropAgain(world, runId, 1n);

      await play(STEPS[step]!, world, runId);

      const {state, supersededBy, input} = runOf(world, runId);
      assert.deepEqual([state, supersededBy], ['superseded', String(BigInt(input.generation) + 1n)]);
      assert.equal(world.jobs.size, 0);
    });
  }

  it('takes the place of a run that waits in line, and the line moves up', async () => {
    const {world, runId} = await played(3);
    const {permits} = memoryPorts(world);
    for (const other of ['a', 'b', 'c']) await permits.take('tuning', other);
    await play(STEPS[3]!, world, runId);
    await permits.take('tuning', 'later');
    await dropAgain(world, runId, 1n);

    await play(STEPS[3]!, world, runId);

    assert.deepEqual(world.permits.get('tuning')?.line, ['later']);
  });

  it('leaves the permit of a run whose job was started, though nobody wrote that down', async () => {
    const {world, runId} = await played(3);
    dies(world, (effect) => effect === 'advance to tuning');
    await assert.rejects(play(STEPS[3]!, world, runId));
    world.beforeEffect = () => {};
    await dropAgain(world, runId, 1n);

    await play(STEPS[3]!, world, runId);

    assert.deepEqual([runOf(world, runId).state, world.jobs.size], ['superseded', 1]);
    assert.deepEqual(world.permits.get('tuning')?.holders, [runId]);
  });

  it('leaves alone a run that tunes', async () => {
    const {world, runId} = await played(4);
    await dropAgain(world, runId, 1n);

    await play(STEPS[3]!, world, runId);
    await play(STEPS[4]!, world, runId);

    assert.equal(runOf(world, runId).state, 'training');
  });

  it('leaves alone a run that was asked for again', async () => {
    const {world, runId} = await played(1);
    const run = runOf(world, runId);
    world.runs.set(runId, {...run, input: {...run.input, epoch: 1}});
    await dropAgain(world, runId, 1n);

    await play(STEPS[1]!, world, runId);

    assert.equal(runOf(world, runId).state, 'building');
  });
});

describe('an older generation of an object', () => {
  it('that comes late starts nothing', async () => {
    const {world, runId} = await played(0);

    const older = await dropAgain(world, runId, -1n);
    await play(STEPS[0]!, world, older);

    assert.deepEqual([runOf(world, older).state, runOf(world, runId).state], ['superseded', 'received']);
  });
});
