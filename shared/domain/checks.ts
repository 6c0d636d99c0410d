import {LOOK_MS} from './budget.ts';
import {retryPendingUntilMs} from './retry.ts';
import {isTerminal, type Run, type RunState, type Standing} from './run.ts';
import type {RunTopic} from './run-topic.ts';

interface Check {
  /** Whose message brings a run in this state on. */
  readonly topic: RunTopic;
  /** How long nothing may happen before the message is sent again: longer than the stage takes. */
  readonly afterMs: number;
  /** How long a run may be in this state, when it waits for something outside that could go on for ever. */
  readonly deadlineMs?: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The deadlines leave time for every delivery and retry of a stage. Cloud Build ends a build after 30 minutes by itself. A canary that nobody promotes within a week goes.
 * docs/reference/state-machine.md tells these times.
 */
export const CHECKS: Readonly<Partial<Record<RunState, Check>>> = {
  received: {topic: 'run-accepted', afterMs: 5 * MINUTE_MS},
  splitting: {topic: 'run-accepted', afterMs: 15 * MINUTE_MS, deadlineMs: 4 * HOUR_MS},
  split: {topic: 'split-ready', afterMs: 5 * MINUTE_MS},
  building: {topic: 'split-ready', afterMs: 5 * MINUTE_MS, deadlineMs: 4 * HOUR_MS},
  built: {topic: 'image-ready', afterMs: 5 * MINUTE_MS},
  tuning: {topic: 'job-complete', afterMs: LOOK_MS, deadlineMs: 24 * HOUR_MS},
  tuned: {topic: 'job-complete', afterMs: 5 * MINUTE_MS},
  training: {topic: 'job-complete', afterMs: 5 * MINUTE_MS, deadlineMs: 24 * HOUR_MS},
  trained: {topic: 'model-exported', afterMs: 5 * MINUTE_MS},
  releasing: {topic: 'model-exported', afterMs: 15 * MINUTE_MS, deadlineMs: 4 * HOUR_MS},
  canary: {topic: 'model-exported', afterMs: 15 * MINUTE_MS, deadlineMs: 168 * HOUR_MS},
};

/** A run that shall be cancelled is looked at with each sweep until its jobs have been seen ended. */
const CANCELLING_AFTER_MS = MINUTE_MS;

/** The ends of runs that may have begun a release. */
const RELEASE_ENDS: readonly RunState[] = ['released', 'failed', 'cancelled'];

/** A delivery lives nine minutes at most, and what it asked for last takes effect soon after. */
export const LAST_LOOK_MS = 15 * MINUTE_MS;

/** When a run that has just come into a state is to be looked at for the first time; undefined for never. */
export function firstCheckMs(standing: Standing, nowMs: number): number | undefined {
  return RELEASE_ENDS.includes(standing.state) ? nowMs + LAST_LOOK_MS : nextCheckMs(standing, nowMs);
}

/** When a run that was just looked at is to be looked at again; undefined for an ended one. */
export function nextCheckMs({state, cancelRequested}: Standing, nowMs: number): number | undefined {
  const check = CHECKS[state];
  return check && nowMs + (cancelRequested === undefined ? check.afterMs : CANCELLING_AFTER_MS);
}

export type CheckPlan =
  | {readonly kind: 'announce'; readonly topic: RunTopic}
  | {readonly kind: 'expire'; readonly afterMs: number}
  /** Look once more at what an ended run has released, or was about to. */
  | {readonly kind: 'look-back'}
  | {readonly kind: 'nothing'};

/**
 * What to do about a run that nothing has happened to for a while.
 * A run that had to wait for a permit has no deadline in that state: how long it waits is not its fault. Neither has one that shall
 * be cancelled: it ends when its jobs do. Nothing is said while a retry is in its pause, and for as long again as a check takes to come.
 */
export function planCheck(run: Run, nowMs: number): CheckPlan {
  const check = CHECKS[run.state];
  if (isTerminal(run.state) && run.release !== undefined) return {kind: 'look-back'};
  if (check === undefined) return {kind: 'nothing'};
  const {topic, deadlineMs} = check;
  const sinceMs = Date.parse(run.history.at(-1)?.at ?? run.createdAt);
  const hasDeadline = run.waiting === undefined && run.cancelRequested === undefined;
  const isOver = deadlineMs !== undefined && hasDeadline && nowMs - sinceMs > deadlineMs;
  if (isOver) return {kind: 'expire', afterMs: deadlineMs};
  const pausedUntilMs = retryPendingUntilMs(run);
  const isPaused = pausedUntilMs !== undefined && nowMs < pausedUntilMs + check.afterMs;
  return isPaused && run.cancelRequested === undefined ? {kind: 'nothing'} : {kind: 'announce', topic};
}
