import {isSpent, nodeHoursAllowed, nodeHoursOf} from '../domain/budget.ts';
import type {Run} from '../domain/run.ts';
import {findJobOf} from '../find-job.ts';
import {factOf} from '../find-run.ts';
import {platformOf} from '../platform-of.ts';
import type {Ports} from '../ports.ts';

/** Tells the tuning job of a run to end when it would else pass the run's budget. Its end then brings the run on. */
export async function holdBudget(
  run: Run,
  nowMs: number,
  ports: Pick<Ports, 'effects' | 'platforms'>,
): Promise<void> {
  if (run.state !== 'tuning') return;
  const {pipeline} = factOf(run, 'definition');
  const hourly = run.estimate?.tuning?.hourly;
  if (nodeHoursAllowed(pipeline.budget, hourly) === undefined) return;
  const job = await findJobOf(run, 'tuning', ports);
  if (job === undefined || !isSpent(nodeHoursOf(job.trials, nowMs), pipeline, hourly)) return;
  await platformOf(run, ports).jobs.cancel(job.name);
}
