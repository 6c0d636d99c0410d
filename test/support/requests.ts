import assert from 'node:assert/strict';
import {rerun} from '../../functions/rerun.ts';
import type {Run} from '../../shared/domain/run.ts';
import {memoryPorts, type World} from './memory-ports.ts';
import {played, runOf, STEPS} from './story.ts';

export const CALLER = 'jo@the-project.example';

let keys = 0;

/** Asks the function `rerun` for something, under a key of its own; the run it answers with. */
export async function post(body: object, world: World, key = `key-${keys++}`): Promise<string> {
  const headers = {'idempotency-key': key};
  const request = {method: 'POST', query: {}, body, headers, caller: CALLER};
  const {status, body: answer} = await rerun.answer(request, memoryPorts(world));
  assert.equal(status, 202);
  return String(Object(answer).run);
}

/** A world with a released run, its messages all delivered. */
export async function ended(): Promise<{world: World; runId: string; input: Run['input']}> {
  const {world, runId} = await played(STEPS.length);
  world.messages.length = 0;
  return {world, runId, input: runOf(world, runId).input};
}
