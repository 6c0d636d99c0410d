import assert from 'node:assert/strict';
import {CALLER, post} from '../../support/requests.ts';
import {played, runOf} from '../../support/story.ts';

describe('cancel', () => {
  it('notes who wants the run to end, and why, once', async () => {
    const {world, runId} = await played(4);

    assert.equal(await post({action: 'cancel', run: runId, reason: 'wrong file'}, world), runId);
    assert.equal(await post({action: 'cancel', run: runId, reason: 'again'}, world), runId);

    const {by, reason} = runOf(world, runId).cancelRequested ?? {};
    assert.deepEqual([by, reason], [CALLER, 'wrong file']);
  });

  it('ends a run at once that has no job', async () => {
    const {world, runId} = await played(2);

    await post({action: 'cancel', run: runId, reason: 'wrong file'}, world);

    assert.equal(runOf(world, runId).state, 'cancelled');
  });

  it('tells the job of a run to end, and leaves the run as it is until it has', async () => {
    const {world, runId} = await played(4);

    await post({action: 'cancel', run: runId, reason: 'wrong file'}, world);

    assert.equal(runOf(world, runId).state, 'tuning');
    assert.ok([...world.jobs.values()].every(({state}) => state === 'cancelled'));
    await post({action: 'cancel', run: runId, reason: 'wrong file'}, world);
    assert.equal(runOf(world, runId).state, 'cancelled');
  });

  it('is done when the run is cancelled already', async () => {
    const {world, runId} = await played(4);
    world.runs.set(runId, {...runOf(world, runId), state: 'cancelled'});

    assert.equal(await post({action: 'cancel', run: runId, reason: 'wrong file'}, world), runId);
  });

  for (const state of ['released', 'rejected', 'failed', 'superseded'] as const) {
    it(`is refused when the run is ${state}`, async () => {
      const {world, runId} = await played(4);
      world.runs.set(runId, {...runOf(world, runId), state});

      await assert.rejects(post({action: 'cancel', run: runId, reason: 'late'}, world), {code: 'RUN_ENDED'});
      assert.equal(runOf(world, runId).cancelRequested, undefined);
    });
  }

  it('is refused for an unknown run', async () => {
    const {world} = await played(0);

    await assert.rejects(post({action: 'cancel', run: `r${'0'.repeat(26)}`, reason: 'x'}, world), {
      code: 'NO_SUCH_RUN',
    });
  });

  for (const reason of [undefined, '', '  ', 'x'.repeat(501), 7]) {
    it(`is refused with the reason ${JSON.stringify(reason)?.slice(0, 20)}`, async () => {
      const {world, runId} = await played(4);

      await assert.rejects(post({action: 'cancel', run: runId, reason}, world), {code: 'REQUEST_INVALID'});
    });
  }
});
