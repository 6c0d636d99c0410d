/** One trial of a study, in the service's words. */
export interface Trial {
  readonly id: string;
  /** Only AI Platform tells of trials that `failed` or were `cancelled`; to Vertex AI they are infeasible. */
  readonly state: 'requested' | 'active' | 'stopping' | 'succeeded' | 'infeasible' | 'failed' | 'cancelled';
  readonly parameters: Readonly<Record<string, number | string>>;
  /** Absent when the trial ended without a measurement; may be NaN or infinite. */
  readonly metric?: number;
  /** The stopping rule of the study ended it. Only AI Platform tells. */
  readonly isStoppedEarly?: boolean;
  /** Why the service calls it infeasible. */
  readonly why?: string;
  /** ISO 8601; absent before it has begun. */
  readonly startTime?: string;
  /** ISO 8601; absent before it has ended. */
  readonly endTime?: string;
}

export type RankedTrial = Trial & {readonly metric: number};

/** Whether a trial can be chosen: it succeeded and measured a finite number. */
export function isEligible(trial: Trial): trial is RankedTrial {
  return trial.state === 'succeeded' && trial.metric !== undefined && Number.isFinite(trial.metric);
}

/** Whether a trial is over, however it ended. */
export function hasEnded({state}: Trial): boolean {
  return state === 'succeeded' || state === 'infeasible' || state === 'failed' || state === 'cancelled';
}
