import assert from 'node:assert/strict';
import {takeInventory} from '../../../shared/sweep/take-inventory.ts';
import {BUCKETS, memoryPorts, type World} from '../../support/memory-ports.ts';
import {played, pushedWorld} from '../../support/story.ts';

const YOUNG_MS = 5 * 60_000;

async function worldWith(...names: string[]): Promise<World> {
  const world = await pushedWorld();
  for (const name of names) await memoryPorts(world).objects.put(BUCKETS.data, name, 'a,b\n1,2\n');
  world.nowMs += YOUNG_MS;
  return world;
}

async function inventory(world: World, limit = 100): Promise<{listed: number; found: number}> {
  const ports = memoryPorts(world);
  return takeInventory(ports, await ports.inventory.read(), limit);
}

describe('taking inventory', () => {
  it('tells of an object whose event never came', async () => {
    const world = await worldWith('flowers/data/lost.csv');

    assert.deepEqual(await inventory(world), {listed: 3, found: 1});

    const [object] = world.dataReady;
    assert.deepEqual([object?.bucket, object?.name], [BUCKETS.data, 'flowers/data/lost.csv']);
  });

  it('finds nothing where every object has its run', async () => {
    const {world} = await played(0);
    world.nowMs += YOUNG_MS;

    assert.deepEqual(await inventory(world), {listed: 3, found: 0});
  });

  it('gives the event of a young object time to come', async () => {
    const world = await worldWith('flowers/data/new.csv');
    world.nowMs -= 1;

    assert.equal((await inventory(world)).found, 0);
  });

  it('passes over what starts no run', async () => {
    const world = await worldWith('flowers/data/', 'flowers/data/x.part', 'notes.txt', 'flowers/readme.md');
    await memoryPorts(world).objects.put(BUCKETS.data, 'flowers/data/empty.csv', '');
    world.nowMs += YOUNG_MS;

    assert.equal((await inventory(world)).found, 0);
  });

  it('goes through the bucket page by page, and then begins again', async () => {
    const world = await worldWith('flowers/data/a.csv', 'flowers/data/b.csv', 'flowers/data/c.csv');

    const pages: number[] = [];
    for (let page = 0; page < 4; page++) pages.push((await inventory(world, 2)).listed);

    assert.deepEqual(pages, [2, 2, 1, 2]);
    assert.deepEqual(
      world.dataReady.slice(0, 3).map(({name}) => name.at(-5)),
      ['a', 'b', 'c'],
    );
  });

  it('takes the same page again after a crash', async () => {
    const world = await worldWith('flowers/data/lost.csv');
    world.beforeEffect = (name) => {
      if (name === 'move inventory') throw new Error('crash');
    };
    await assert.rejects(inventory(world));
    world.beforeEffect = () => {};

    assert.equal((await inventory(world)).found, 1);
    assert.equal(new Set(world.dataReady.map(({name}) => name)).size, 1);
  });
});
