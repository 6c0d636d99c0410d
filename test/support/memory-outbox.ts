import type {Outbox} from '../../shared/upkeep-ports.ts';
import type {World} from './memory-ports.ts';

/** Notifications wait in `world.pending` until they are published into `world.outbox`. */
export function memoryOutbox(world: World): Outbox {
  const {pending, outbox} = world;
  return {
    stale: async (olderThanMs, limit) =>
      [...pending.values()]
        .filter(({sinceMs}) => sinceMs <= world.nowMs - olderThanMs)
        .toSorted((a, b) => a.sinceMs - b.sinceMs)
        .slice(0, limit)
        .map(({row}) => row),
    async publish({id, topic, body}) {
      world.beforeEffect(`publish ${topic}`);
      outbox.push({topic, body});
      world.beforeEffect(`mark ${id}`);
      pending.delete(id);
    },
  };
}
