import {countFailure, judgeClaim, judgeRelease, type RetryAsk} from '../../shared/domain/retry.ts';
import type {Run} from '../../shared/domain/run.ts';
import {PermanentError} from '../../shared/errors.ts';
import type {Retries} from '../../shared/retry-ports.ts';
import {at, type World} from './memory-ports.ts';

export function memoryRetries(world: World): Retries {
  const runOf = (id: string): Run => {
    const run = world.runs.get(id);
    if (run === undefined) throw new PermanentError('NO_SUCH_RUN', id);
    return run;
  };
  const change = (run: Run, stage: string, changes: Partial<NonNullable<Run['retries']>[string]>) => {
    const before = run.retries?.[stage] ?? {failures: 0, message: '', released: false};
    const retries = {...run.retries, [stage]: {...before, ...changes}};
    world.runs.set(run.id, {...run, rev: run.rev + 1, retries});
  };
  return {
    async fail(runId, stage, message) {
      world.beforeEffect(`count failure of ${stage}`);
      const run = runOf(runId);
      const attempts = countFailure(run, {stage, message}, world.nowMs);
      if (attempts === undefined) return undefined;
      const trouble = {stage, message, at: at(world)};
      const retries = {...run.retries, [stage]: attempts};
      world.runs.set(runId, {...run, rev: run.rev + 1, trouble, retries});
      return attempts.failures;
    },
    async claim(ask: RetryAsk) {
      world.beforeEffect(`claim retry of ${ask.stage}`);
      const run = runOf(ask.runId);
      const claim = judgeClaim(run, ask);
      if (claim.decision !== 'stop') change(run, ask.stage, {execution: ask.execution});
      return claim;
    },
    async release(ask) {
      world.beforeEffect(`release retry of ${ask.stage}`);
      const run = runOf(ask.runId);
      if (!judgeRelease(run, ask)) return false;
      change(run, ask.stage, {released: true});
      return true;
    },
  };
}
