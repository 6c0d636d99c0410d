import assert from 'node:assert/strict';
import {publishOutbox} from '../../../shared/sweep/publish-outbox.ts';
import {emptyWorld, memoryPorts, type World} from '../../support/memory-ports.ts';

const MINUTE_MS = 60_000;

function worldWith(...agesMs: number[]): World {
  const world = emptyWorld();
  for (const [index, ageMs] of agesMs.entries()) {
    const row = {id: `r${index}:2`, topic: 'run-failed', body: {runId: `r${index}`}} as const;
    world.pending.set(row.id, {row, sinceMs: world.nowMs - ageMs});
  }
  return world;
}

describe('publishing the outbox', () => {
  it('publishes what a crash left behind', async () => {
    const world = worldWith(MINUTE_MS);

    assert.deepEqual(await publishOutbox(memoryPorts(world), 200), {published: 1});

    assert.deepEqual(world.outbox, [{topic: 'run-failed', body: {runId: 'r0'}}]);
    assert.equal(world.pending.size, 0);
  });

  it('leaves to their publisher rows of the last minute', async () => {
    const world = worldWith(MINUTE_MS - 1);

    assert.deepEqual(await publishOutbox(memoryPorts(world), 200), {published: 0});
    assert.equal(world.pending.size, 1);
  });

  it('publishes the oldest first and no more than the limit', async () => {
    const world = worldWith(2 * MINUTE_MS, 3 * MINUTE_MS, 4 * MINUTE_MS);

    assert.deepEqual(await publishOutbox(memoryPorts(world), 2), {published: 2});
    assert.deepEqual(
      world.outbox.map(({body}) => body.runId),
      ['r2', 'r1'],
    );
  });

  it('keeps a row that could not be published', async () => {
    const world = worldWith(MINUTE_MS);
    world.beforeEffect = () => {
      throw new Error('no publisher');
    };

    await assert.rejects(publishOutbox(memoryPorts(world), 200));
    assert.equal(world.pending.size, 1);
  });

  it('lets no row keep the others from being published', async () => {
    const world = worldWith(2 * MINUTE_MS, 3 * MINUTE_MS);
    const {outbox} = memoryPorts(world);
    const publish: typeof outbox.publish = async (row) => {
      if (row.id === 'r1:2') throw new Error('no such topic');
      await outbox.publish(row);
    };

    await assert.rejects(publishOutbox({outbox: {...outbox, publish}}, 200), {message: 'no such topic'});

    assert.deepEqual([...world.pending.keys()], ['r1:2']);
  });
});
