export type Goal = 'maximize' | 'minimize';

/** One trial of a study, in the service's words; `metric` is absent when the trial ended without a measurement. */
export interface Trial {
  readonly id: string;
  readonly state: 'requested' | 'active' | 'stopping' | 'succeeded' | 'infeasible';
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly metric?: number;
  /** Why the service calls it infeasible. */
  readonly why?: string;
  /** ISO 8601; absent before it has begun. */
  readonly startTime?: string;
  /** ISO 8601; absent before it has ended. */
  readonly endTime?: string;
}

export type RankedTrial = Trial & {readonly metric: number};

/**
 * The best trial by the goal, whatever the order of the list: neither Vertex AI nor AI Platform promises one.
 * Only succeeded trials with a finite metric count; ties go to the lowest numeric id.
 */
export function bestTrial(trials: readonly Trial[], goal: Goal): RankedTrial | undefined {
  return trials.filter(isEligible).toSorted((a, b) => compare(a, b, goal))[0];
}

/** One sentence on why this trial was chosen. */
export function explainChoice(best: RankedTrial, trials: readonly Trial[], goal: Goal): string {
  const eligible = trials.filter(isEligible);
  const runnerUp = eligible.filter(({id}) => id !== best.id).toSorted((a, b) => compare(a, b, goal))[0];
  const excluded = trials.length - eligible.length;
  const word = goal === 'maximize' ? 'highest' : 'lowest';
  const against =
    runnerUp === undefined
      ? 'the only one to finish'
      : `next is trial ${runnerUp.id} with ${show(runnerUp.metric)}`;
  const without = excluded === 0 ? '' : `; ${excluded} of ${trials.length} gave no usable metric`;
  return `trial ${best.id} has the ${word} metric, ${show(best.metric)} (${against}${without})`;
}

function isEligible(trial: Trial): trial is RankedTrial {
  return trial.state === 'succeeded' && trial.metric !== undefined && Number.isFinite(trial.metric);
}

function compare(a: RankedTrial, b: RankedTrial, goal: Goal): number {
  const byMetric = goal === 'maximize' ? b.metric - a.metric : a.metric - b.metric;
  return byMetric || Number(a.id) - Number(b.id);
}

function show(metric: number): string {
  return String(Number(metric.toPrecision(4)));
}
