import {type CheckPlan, planCheck} from '../domain/checks.ts';
import type {Run} from '../domain/run.ts';
import type {Ports} from '../ports.ts';

const HOUR_MS = 3_600_000;

type CheckPorts = Pick<Ports, 'checks' | 'messages' | 'runs'>;

/**
 * Looks at the runs that nothing has happened to for a while: says again what brings them on, or ends those past their deadline.
 * What an ended run has left running, the chore for stray jobs ends.
 */
export async function checkRuns(
  ports: CheckPorts,
  {nowMs, limit}: {readonly nowMs: number; readonly limit: number},
): Promise<{announced: number; expired: number}> {
  const due = await ports.checks.due(limit);
  const kinds: CheckPlan['kind'][] = [];
  for (const run of due) {
    const plan = planCheck(run, nowMs);
    kinds.push(plan.kind);
    await carryOut(plan, run, ports);
    await ports.checks.done(run.id);
  }
  const count = (kind: CheckPlan['kind']) => kinds.filter((other) => other === kind).length;
  return {announced: count('announce'), expired: count('expire')};
}

async function carryOut(plan: CheckPlan, {id, state}: Run, {messages, runs}: CheckPorts): Promise<void> {
  if (plan.kind === 'announce') await messages.publish(plan.topic, {runId: id});
  if (plan.kind === 'expire') {
    const message = `the run was ${state} for more than ${plan.afterMs / HOUR_MS} hours`;
    const hint = 'Look at what it waited for, remove the cause, then rerun.';
    await runs.fail(id, 'sweep', {code: 'DEADLINE', message, hint});
  }
}
