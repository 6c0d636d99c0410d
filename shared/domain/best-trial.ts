import {isEligible, type RankedTrial, type Trial} from './trial.ts';
import {trialEnds} from './trial-ends.ts';

export type Goal = 'maximize' | 'minimize';

/**
 * The best trial by the goal, whatever the order of the list: neither Vertex AI nor AI Platform promises one.
 * Only succeeded trials with a finite metric count; ties go to the lowest numeric id.
 */
export function bestTrial(trials: readonly Trial[], goal: Goal): RankedTrial | undefined {
  return trials.filter(isEligible).toSorted((a, b) => compare(a, b, goal))[0];
}

/** One sentence on why this trial was chosen, and how the others ended. The same for any order of the list. */
export function explainChoice(best: RankedTrial, trials: readonly Trial[], goal: Goal): string {
  const eligible = trials.filter(isEligible);
  const runnerUp = eligible.filter(({id}) => id !== best.id).toSorted((a, b) => compare(a, b, goal))[0];
  const word = goal === 'maximize' ? 'highest' : 'lowest';
  const against =
    runnerUp === undefined
      ? 'the only one to finish'
      : `next is trial ${runnerUp.id} with ${show(runnerUp.metric)}`;
  const choice = `trial ${best.id} has the ${word} metric, ${show(best.metric)} (${against})`;
  const areAllFinished =
    eligible.length === trials.length && !trials.some(({isStoppedEarly}) => isStoppedEarly);
  return areAllFinished ? choice : `${choice}; ${trials.length} trials: ${trialEnds(trials)}`;
}

function compare(a: RankedTrial, b: RankedTrial, goal: Goal): number {
  const byMetric = goal === 'maximize' ? b.metric - a.metric : a.metric - b.metric;
  return byMetric || Number(a.id) - Number(b.id);
}

function show(metric: number): string {
  return String(Number(metric.toPrecision(4)));
}
