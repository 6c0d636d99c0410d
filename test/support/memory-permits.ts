import {
  EMPTY_POOL,
  freePermit,
  givePermits,
  nextInLine,
  type PermitKind,
  permitLimits,
  takePermit,
} from '../../shared/domain/permits.ts';
import type {Permits} from '../../shared/upkeep-ports.ts';
import type {World} from './memory-ports.ts';

/** So few that a test reaches them. */
export const LIMITS = permitLimits({build: 2, tuning: 3, training: 3});

export function memoryPermits(world: World): Permits {
  const poolOf = (kind: PermitKind) => world.permits.get(kind) ?? EMPTY_POOL;
  return {
    kinds: async () => [...world.permits.keys()],
    async take(kind, holder) {
      world.beforeEffect(`take ${kind}`);
      const {granted, pool} = takePermit(poolOf(kind), holder, LIMITS(kind), world.nowMs);
      world.permits.set(kind, pool);
      return granted;
    },
    async free(kind, holder) {
      world.beforeEffect(`free ${kind}`);
      const {nowMs} = world;
      const {given, pool} = givePermits(freePermit(poolOf(kind), holder), LIMITS(kind), {nowMs});
      world.permits.set(kind, pool);
      return given;
    },
    async read(kind) {
      const {holders, line} = poolOf(kind);
      return {holders, line, next: nextInLine(poolOf(kind), LIMITS(kind), world.nowMs)};
    },
  };
}
