import assert from 'node:assert/strict';
import {CHECKS, LAST_LOOK_MS} from '../../../shared/domain/checks.ts';
import {checkRuns} from '../../../shared/sweep/check-runs.ts';
import {memoryPorts, type World} from '../../support/memory-ports.ts';
import {played, runOf} from '../../support/story.ts';

const DAY_MS = 86_400_000;

function check(world: World, limit = 200): ReturnType<typeof checkRuns> {
  return checkRuns(memoryPorts(world), {nowMs: world.nowMs, limit});
}

describe('checking runs', () => {
  it('says again what brings a run on that nothing has happened to', async () => {
    const {world, runId} = await played(3);
    world.messages.length = 0;
    world.nowMs += CHECKS.built?.afterMs ?? 0;

    assert.deepEqual(await check(world), {announced: 1, expired: 0, lookedBack: 0});

    assert.deepEqual(world.messages, [{topic: 'image-ready', runId}]);
  });

  it('leaves alone a run that has just moved', async () => {
    const {world} = await played(3);
    world.nowMs += (CHECKS.built?.afterMs ?? 0) - 1;

    assert.deepEqual(await check(world), {announced: 0, expired: 0, lookedBack: 0});
  });

  it('does not say so again in the next pass', async () => {
    const {world} = await played(3);
    world.nowMs += CHECKS.built?.afterMs ?? 0;
    await check(world);

    assert.deepEqual(await check(world), {announced: 0, expired: 0, lookedBack: 0});
  });

  it('ends a run past its deadline and tells why', async () => {
    const {world, runId} = await played(4);
    world.nowMs += DAY_MS + 1;

    assert.deepEqual(await check(world), {announced: 0, expired: 1, lookedBack: 0});

    const {state, failure} = runOf(world, runId);
    assert.deepEqual([state, failure?.code], ['failed', 'DEADLINE']);
    assert.equal(failure?.message, 'the run was tuning for more than 24 hours');
  });

  it('looks back at a run that was released, once', async () => {
    const {world} = await played(7);
    world.nowMs += LAST_LOOK_MS - 1;
    assert.deepEqual(await check(world), {announced: 0, expired: 0, lookedBack: 0});
    world.nowMs += 1;

    assert.deepEqual(await check(world), {announced: 0, expired: 0, lookedBack: 1});

    world.nowMs += DAY_MS;
    assert.deepEqual(await check(world), {announced: 0, expired: 0, lookedBack: 0});
  });

  it('does nothing about a run that failed before there was anything to release', async () => {
    const {world, runId} = await played(3);
    await memoryPorts(world).runs.fail(runId, 'start-tuning', {code: 'DATA_EMPTY', message: 'empty'});
    world.nowMs += DAY_MS;

    assert.deepEqual(await check(world), {announced: 0, expired: 0, lookedBack: 0});
    assert.equal(world.nextChecksMs.size, 0);
  });

  it('lets no run keep the others from being looked at', async () => {
    const {world, runId} = await played(3);
    const other = {...runOf(world, runId), id: 'r-other'};
    world.runs.set(other.id, other);
    world.nextChecksMs.set(other.id, 0);
    world.messages.length = 0;
    world.nowMs += DAY_MS;
    const {checks, ...ports} = memoryPorts(world);
    const messages: typeof ports.messages = {
      ...ports.messages,
      async publish(topic, body) {
        if (body.runId === other.id) throw new Error('no publisher');
        await ports.messages.publish(topic, body);
      },
    };

    const checking = checkRuns({...ports, checks, messages}, {nowMs: world.nowMs, limit: 200});

    await assert.rejects(checking, /no publisher/);
    assert.deepEqual(world.messages, [{topic: 'image-ready', runId}]);
  });

  it('takes no more runs than the limit', async () => {
    const {world} = await played(3);
    world.nowMs += DAY_MS;

    assert.deepEqual(await check(world, 0), {announced: 0, expired: 0, lookedBack: 0});
  });

  it('looks again in the next pass when the message could not be sent', async () => {
    const {world} = await played(3);
    world.nowMs += DAY_MS;
    world.beforeEffect = () => {
      throw new Error('no publisher');
    };
    await assert.rejects(check(world));
    world.beforeEffect = () => {};

    assert.deepEqual(await check(world), {announced: 1, expired: 0, lookedBack: 0});
  });
});
