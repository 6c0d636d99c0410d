import {z} from 'zod';
import type {Trial} from './trial.ts';

const HOUR_MS = 3_600_000;

/** How long a search may go on before it is looked at again. */
export const LOOK_MS = 5 * 60_000;

/** `budget` of pipeline.yaml: what the search for hyperparameters may use up. A node-hour is one machine for one hour. */
export const budgetSchema = z
  .strictObject({
    maxTrials: z.number().int().min(1).optional(),
    maxNodeHours: z.number().positive().optional(),
    /** US dollars. */
    maxCost: z.number().positive().optional(),
  })
  .refine((budget) => Object.keys(budget).length > 0, 'give maxTrials, maxNodeHours or maxCost');

export type Budget = z.output<typeof budgetSchema>;

interface Definition {
  readonly budget?: Budget | undefined;
  readonly tune: {readonly maxTrials: number; readonly parallelTrials: number};
}

interface BudgetFault {
  readonly path: readonly string[];
  readonly message: string;
}

/** What of a search its own budget rules out. */
export function budgetFaults({budget, tune}: Definition): BudgetFault[] {
  const faults: BudgetFault[] = [];
  const {maxTrials, maxNodeHours} = budget ?? {};
  if (maxTrials !== undefined && tune.maxTrials > maxTrials) {
    const message = `${tune.maxTrials} is more than budget.maxTrials (${maxTrials})`;
    faults.push({path: ['tune', 'maxTrials'], message});
  }
  const reserve = reserveOf(tune);
  if (maxNodeHours !== undefined && maxNodeHours <= reserve) {
    const message = `must be above ${reserve.toFixed(2)}, what ${tune.parallelTrials} parallel trials use between two looks at them`;
    faults.push({path: ['budget', 'maxNodeHours'], message});
  }
  return faults;
}

/** One machine for each trial, from its start to its end, or until an instant if that is not known. */
export function nodeHoursOf(
  trials: readonly Pick<Trial, 'startTime' | 'endTime'>[],
  untilMs: number,
): number {
  const usedMs = trials.map((trial) => {
    if (trial.startTime === undefined) return 0;
    const endMs = trial.endTime === undefined ? untilMs : Date.parse(trial.endTime);
    return Math.max(0, endMs - Date.parse(trial.startTime));
  });
  return usedMs.reduce((sum, ms) => sum + ms, 0) / HOUR_MS;
}

/**
 * Has a search used so much that it could pass its budget before the next look at it? Once true, it stays true for this job: so
 * a cancelled job tells by its own times that its budget was the reason.
 */
export function isSpent(nodeHours: number, {budget, tune}: Definition, hourly?: number): boolean {
  const allowed = nodeHoursAllowed(budget, hourly);
  return allowed !== undefined && nodeHours >= allowed - reserveOf(tune);
}

/**
 * The node-hours that a budget allows, in hours and for its money; undefined when it has no limit of them.
 * @param hourly US dollars for a node-hour, as the run's estimate has it
 */
export function nodeHoursAllowed(budget: Budget | undefined, hourly: number | undefined): number | undefined {
  const {maxNodeHours, maxCost} = budget ?? {};
  if (maxCost === undefined || hourly === undefined) return maxNodeHours;
  return Math.min(maxNodeHours ?? Number.POSITIVE_INFINITY, maxCost / hourly);
}

/** Why a search cannot be held to its `maxCost`; undefined when it can. */
export function costFault({budget, tune}: Definition, hourly: number | undefined): string | undefined {
  const maxCost = budget?.maxCost;
  if (maxCost === undefined) return undefined;
  if (hourly === undefined)
    return 'no price is known for its machines, so nothing holds it to budget.maxCost';
  const least = reserveOf(tune) * hourly;
  if (maxCost > least) return undefined;
  return `budget.maxCost (${maxCost}) is not above ${least.toFixed(4)}, what ${tune.parallelTrials} parallel trials cost between two looks at them`;
}

function reserveOf({parallelTrials}: Definition['tune']): number {
  return (parallelTrials * LOOK_MS) / HOUR_MS;
}
