import {CALLER_LIMIT, type Grant, grantOf} from '../../shared/domain/request-limits.ts';
import type {RequestAnswer, Requests} from '../../shared/request-ports.ts';
import type {World} from './memory-ports.ts';

/** What is remembered of requests. */
export interface RequestBook {
  readonly keys: Map<string, {readonly bodyDigest: string; epoch?: number; answer?: RequestAnswer}>;
  readonly callers: Map<string, readonly number[]>;
  readonly reruns: Map<string, {readonly epoch: number; readonly grantsMs: readonly number[]}>;
}

export function memoryRequests(world: World): Requests {
  const {keys, callers, reruns} = world.asked;
  const known = (key: string) => {
    const found = keys.get(key);
    if (found === undefined) throw new Error(`no request ${key} was opened`);
    return found;
  };
  return {
    async open({key, caller, bodyDigest}) {
      world.beforeEffect('open request');
      const found = keys.get(key);
      if (found !== undefined) {
        if (found.bodyDigest !== bodyDigest) return {kind: 'other-body'};
        return found.answer === undefined ? {kind: 'again'} : {kind: 'answered', answer: found.answer};
      }
      const grant = grantOf(callers.get(caller) ?? [], CALLER_LIMIT, world.nowMs);
      if (grant.kind === 'refused') return grant;
      callers.set(caller, grant.grantsMs);
      keys.set(key, {bodyDigest});
      return {kind: 'new'};
    },
    async epoch(key, {bucket, name, generation}, limit) {
      world.beforeEffect('count rerun');
      const request = known(key);
      if (request.epoch !== undefined) return {kind: 'granted', epoch: request.epoch};
      const drop = JSON.stringify([bucket, name, generation]);
      const earlier = reruns.get(drop) ?? {epoch: 0, grantsMs: []};
      const free: Grant = {kind: 'granted', grantsMs: earlier.grantsMs};
      const grant = limit === undefined ? free : grantOf(earlier.grantsMs, limit, world.nowMs);
      if (grant.kind === 'refused') return grant;
      const epoch = earlier.epoch + 1;
      reruns.set(drop, {epoch, grantsMs: grant.grantsMs});
      request.epoch = epoch;
      return {kind: 'granted', epoch};
    },
    async answer(key, answer) {
      world.beforeEffect('remember answer');
      known(key).answer = answer;
    },
  };
}
