import {type CheckPlan, planCheck} from '../domain/checks.ts';
import type {Run} from '../domain/run.ts';
import type {Ports} from '../ports.ts';
import {holdBudget} from './hold-budget.ts';
import {lookBack} from './look-back.ts';

const HOUR_MS = 3_600_000;

type CheckPorts = Pick<Ports, 'checks' | 'messages' | 'runs' | 'platforms' | 'permits' | 'effects'>;

/**
 * Looks at the runs that nothing has happened to for a while: says again what brings them on, ends those past their deadline and searches past their
 * budget, and looks back at those that have ended. What an ended run has left running, the chore for stray jobs ends. A run that cannot be
 * looked at keeps no other from it, and comes again in the next pass.
 * @throws the first failure, when all have been looked at
 */
export async function checkRuns(
  ports: CheckPorts,
  {nowMs, limit}: {readonly nowMs: number; readonly limit: number},
): Promise<{announced: number; expired: number; lookedBack: number}> {
  const due = await ports.checks.due(limit);
  const looks = await Promise.allSettled(due.map((run) => check(run, nowMs, ports)));
  for (const look of looks) if (look.status === 'rejected') throw look.reason;
  const count = (kind: CheckPlan['kind']) =>
    looks.filter((look) => look.status === 'fulfilled' && look.value === kind).length;
  return {announced: count('announce'), expired: count('expire'), lookedBack: count('look-back')};
}

async function check(run: Run, nowMs: number, ports: CheckPorts): Promise<CheckPlan['kind']> {
  const plan = planCheck(run, nowMs);
  if (plan.kind === 'announce') await holdBudget(run, nowMs, ports);
  await carryOut(plan, run, ports);
  await ports.checks.done(run.id);
  return plan.kind;
}

async function carryOut(plan: CheckPlan, run: Run, ports: CheckPorts): Promise<void> {
  const {id, state} = run;
  const {messages, runs} = ports;
  if (plan.kind === 'look-back') await lookBack(run, ports);
  if (plan.kind === 'announce') await messages.publish(plan.topic, {runId: id});
  if (plan.kind === 'expire') {
    const message = `the run was ${state} for more than ${plan.afterMs / HOUR_MS} hours`;
    const hint = 'Look at what it waited for, remove the cause, then rerun.';
    await runs.fail(id, 'sweep', {code: 'DEADLINE', message, hint});
  }
}
