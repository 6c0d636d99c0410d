import assert from 'node:assert/strict';
import {rerun} from '../../functions/rerun.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {CALLER} from '../support/requests.ts';
import {played, runOf} from '../support/story.ts';

function get(query: unknown, world: World) {
  const request = {method: 'GET', query, body: undefined, headers: {}, caller: CALLER};
  return rerun.answer(request, memoryPorts(world));
}

describe('rerun by GET', () => {
  it('tells the state of a run', async () => {
    const {world, runId} = await played(1);

    assert.deepEqual(await get({run: runId}, world), {status: 200, body: runOf(world, runId)});
  });

  it('refuses an unknown run', async () => {
    const {world} = await played(0);
    const run = `r${'0'.repeat(26)}`;

    await assert.rejects(get({run}, world), {code: 'NO_SUCH_RUN', where: `runs/${run}`});
  });

  for (const query of [{}, {run: ['a', 'b']}, {run: '../r0'}, {run: `r${'0'.repeat(26)}`, state: 'failed'}]) {
    it(`refuses the query ${JSON.stringify(query)}`, async () => {
      const {world} = await played(0);

      await assert.rejects(get(query, world), {code: 'REQUEST_INVALID'});
    });
  }
});

describe('rerun by POST', () => {
  it('leaves in the log who asked for what, and which run came of it', async () => {
    const {world, runId} = await played(1);
    const body = {action: 'cancel', run: runId, reason: 'wrong file'};
    const request = {method: 'POST', query: {}, body, headers: {'idempotency-key': 'one'}, caller: CALLER};

    const {log} = await rerun.answer(request, memoryPorts(world));

    assert.deepEqual(log, {caller: CALLER, action: 'cancel', run: runId});
  });
});
