import assert from 'node:assert/strict';
import {deployedModelIdOf} from '../../shared/domain/ids.ts';
import type {World} from './memory-ports.ts';
import {dropped, type Endings, GOOD_ENDINGS} from './services.ts';
import {DATA_CSV, dies, pushedWorld} from './story.ts';

/** So many rows that more than five of them are held back. */
const MORE_ROWS =
  DATA_CSV + Array.from({length: 200}, (_, row) => `${row},-1,${row % 2 ? 'iris' : 'rose'}\n`).join('');

/** A model is trained, and the message that says so on its way. */
export async function trained(world: World): Promise<{world: World; runId: string}> {
  const stopped: Endings = {
    ...GOOD_ENDINGS,
    training(job, inWorld) {
      const ended = GOOD_ENDINGS.training(job, inWorld);
      dies(inWorld, (effect) => effect === 'publish model-exported');
      return ended;
    },
  };
  await assert.rejects(dropped(world, 'flowers/data/more.csv', MORE_ROWS, stopped), /crash/);
  world.beforeEffect = () => {};
  const run = [...world.runs.values()].find(({state}) => state === 'trained');
  assert.ok(run);
  return {world, runId: run.id};
}

/** One version answers, the next is trained. */
export async function challenged(): Promise<{world: World; runId: string; earlier: string}> {
  const world = await pushedWorld();
  const {id} = await dropped(world, 'flowers/data/first.csv', DATA_CSV);
  const {runId} = await trained(world);
  return {world, runId, earlier: deployedModelIdOf(id)};
}

export function traffic(world: World) {
  return world.endpoints.get('flowers')?.traffic;
}
