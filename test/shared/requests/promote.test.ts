import assert from 'node:assert/strict';
import {CALLER, ended, post} from '../../support/requests.ts';
import {settled} from '../../support/services.ts';
import {played, runOf} from '../../support/story.ts';

const REASON = 'no complaints';

async function canary() {
  const {world, runId} = await played(6);
  const release = {sentence: 's', replaces: '1', model: 'flowers', version: '2', canary: 10};
  world.runs.set(runId, {...runOf(world, runId), state: 'canary', release});
  world.messages.length = 0;
  return {world, runId};
}

describe('promote', () => {
  it('writes down who wants it and why, and has the canary looked at', async () => {
    const {world, runId} = await canary();

    assert.equal(await post({action: 'promote', run: runId, reason: REASON}, world), runId);

    const {by, reason} = runOf(world, runId).promoteRequested ?? {};
    assert.deepEqual([by, reason], [CALLER, REASON]);
    assert.deepEqual(world.messages, [{topic: 'model-exported', runId}]);
  });

  it('asked again keeps who was first, and says the message again', async () => {
    const {world, runId} = await canary();
    await post({action: 'promote', run: runId, reason: REASON}, world);

    await post({action: 'promote', run: runId, reason: 'me too'}, world);

    assert.equal(runOf(world, runId).promoteRequested?.reason, REASON);
    assert.equal(world.messages.length, 2);
    await settled(world);
    assert.equal(runOf(world, runId).state, 'released');
  });

  it('refuses a run that is no canary', async () => {
    const {world, runId} = await ended();

    await assert.rejects(post({action: 'promote', run: runId, reason: REASON}, world), {
      code: 'NOTHING_TO_PROMOTE',
      message: `run ${runId} is released, neither canary nor rejected`,
    });
  });

  it('refuses a run that nobody knows', async () => {
    const {world} = await ended();

    await assert.rejects(post({action: 'promote', run: `r${'0'.repeat(26)}`, reason: REASON}, world), {
      code: 'NO_SUCH_RUN',
    });
  });

  for (const change of [{reason: ' '}, {reason: 'x'.repeat(501)}, {run: 'flowers'}, {to: '3'}])
    it(`refuses ${JSON.stringify(change).slice(0, 30)}`, async () => {
      const {world, runId} = await canary();

      await assert.rejects(post({action: 'promote', run: runId, reason: REASON, ...change}, world), {
        code: 'REQUEST_INVALID',
      });
    });
});
