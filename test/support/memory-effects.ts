import type {EffectRecord} from '../../shared/domain/effect.ts';
import {isOpen} from '../../shared/domain/run.ts';
import type {Effects} from '../../shared/ports.ts';
import type {World} from './memory-ports.ts';

/** Effect records that take only what the database takes. */
export function memoryEffects(world: World): Effects {
  const {effects, runs} = world;
  const giveUp = (key: string, {resource: _, ...rest}: EffectRecord) => {
    effects.set(key, {...rest, refused: true});
    return true;
  };
  return {
    read: async (key) => ({record: effects.get(key), nowMs: world.nowMs}),
    async intend(key, attempt, runId) {
      world.beforeEffect(`intend ${key}`);
      if (!isOpen(runs.get(runId))) return 'closed';
      const current = effects.get(key);
      if ((current?.attempt ?? 0) !== attempt - 1 || current?.resource !== undefined) return 'taken';
      effects.set(key, {attempt, sentAtMs: world.nowMs, refused: false});
      return 'opened';
    },
    async refuse(key, attempt) {
      world.beforeEffect(`refuse ${key}`);
      const current = effects.get(key);
      return current?.attempt === attempt && giveUp(key, current);
    },
    async record(key, attempt, resource) {
      world.beforeEffect(`record ${key}`);
      const current = effects.get(key);
      if (current?.attempt !== attempt || current.refused) return false;
      if (current.resource !== undefined && current.resource !== resource) return false;
      effects.set(key, {...current, resource});
      return true;
    },
    async reopen(key, resource) {
      world.beforeEffect(`reopen ${key}`);
      const current = effects.get(key);
      return current?.resource === resource && giveUp(key, current);
    },
  };
}
