import {firstCheckMs, nextCheckMs} from '../../shared/domain/checks.ts';
import {PermanentError} from '../../shared/errors.ts';
import type {Inventory, RunChecks} from '../../shared/upkeep-ports.ts';
import type {World} from './memory-ports.ts';

export function memoryChecks(world: World): RunChecks {
  const {runs} = world;
  return {
    due: async (limit) =>
      [...world.nextChecksMs]
        .filter(([, atMs]) => atMs <= world.nowMs)
        .toSorted(([, a], [, b]) => a - b)
        .slice(0, limit)
        .flatMap(([id]) => runs.get(id) ?? []),
    async done(id) {
      world.beforeEffect('note check');
      if (!runs.has(id)) throw new PermanentError('NO_SUCH_RUN', id);
      setCheck(world, id, nextCheckMs);
    },
  };
}

/** As every move of a run does. */
export function setFirstCheck(world: World, id: string): void {
  setCheck(world, id, firstCheckMs);
}

function setCheck({runs, nextChecksMs, nowMs}: World, id: string, when: typeof nextCheckMs): void {
  const run = runs.get(id);
  const atMs = run && when(run, nowMs);
  if (atMs === undefined) nextChecksMs.delete(id);
  else nextChecksMs.set(id, atMs);
}

export function memoryInventory(world: World): Inventory {
  return {
    read: async () => ({after: world.inventoryAfter, nowMs: world.nowMs}),
    async move(after) {
      world.beforeEffect('move inventory');
      world.inventoryAfter = after;
    },
  };
}
