import {sha256Hex} from './ids.ts';
import {pauseSeconds, type RetryPolicy, retrySchema} from './retry-policy.ts';
import {isOpen, type Run} from './run.ts';
import type {RunTopic} from './run-topic.ts';

/** Of a run that failed before its definition was read. */
const DEFAULT_POLICY = retrySchema.parse({});

/** How much longer or shorter than the policy says a pause may be, so that not all runs come back at once. */
const SPREAD = 0.2;

/** The stages that are tried again, each with the topic whose message makes it look at a run. */
const RETRIED: Readonly<Record<string, RunTopic>> = {
  'split-data': 'run-accepted',
  'build-image': 'split-ready',
  'start-tuning': 'image-ready',
  'complete-job': 'job-complete',
  'release-model': 'model-exported',
};

export function retryTopicOf(stage: string): RunTopic | undefined {
  return RETRIED[stage];
}

export type FailedAttempts = NonNullable<Run['retries']>[string];

/** How long after its pause a retry may take to come. An execution that has not asked for it by then has died. */
const OVERDUE_AFTER_MS = 5 * 60_000;

/**
 * The failed attempts of a stage after one more.
 * @returns what is known already when a retry is pending: several deliveries of one message fail as one attempt;
 * undefined when there is nothing to retry
 */
export function countFailure(
  run: Run,
  {stage, message}: {readonly stage: string; readonly message: string},
  nowMs: number,
): FailedAttempts | undefined {
  if (!isOpen(run)) return undefined;
  const before = run.retries?.[stage];
  if (before !== undefined && isPending(run, before, nowMs)) return before;
  return {failures: (before?.failures ?? 0) + 1, message, failedAtMs: nowMs, released: false};
}

function isPending(run: Run, attempts: FailedAttempts, nowMs: number): boolean {
  return !attempts.released && nowMs < pauseEndMs(run, attempts) + OVERDUE_AFTER_MS;
}

/** When the pause after the last failure is over at the latest. */
function pauseEndMs({definition}: Run, {failures, failedAtMs = 0}: FailedAttempts): number {
  const policy = definition?.pipeline.retry ?? DEFAULT_POLICY;
  return failedAtMs + 1000 * pauseSeconds(policy, failures) * (1 + SPREAD);
}

/** An execution of the workflow that asks about one failed attempt. */
export interface RetryAsk {
  readonly runId: string;
  readonly stage: string;
  /** The number of the failed attempt. */
  readonly failures: number;
  /** Id of the execution. */
  readonly execution: string;
}

export type RetryClaim =
  | {readonly decision: 'retry'; readonly delaySeconds: number}
  | {readonly decision: 'give-up'; readonly reason: string}
  | {readonly decision: 'stop'; readonly why: string};

/** What an execution is to do about a failed attempt. */
export function judgeClaim(run: Run, ask: RetryAsk): RetryClaim {
  const found = pendingFor(run, ask);
  if (typeof found === 'string') return {decision: 'stop', why: found};
  const policy = run.definition?.pipeline.retry ?? DEFAULT_POLICY;
  if (ask.failures < policy.maxAttempts) return {decision: 'retry', delaySeconds: delaySeconds(policy, ask)};
  return {
    decision: 'give-up',
    reason: `given up after ${ask.failures} attempts; the last one said: ${found.message}`,
  };
}

/** May this execution have the stage tried again? Repeating the question after that does no harm. */
export function judgeRelease(run: Run, ask: RetryAsk): boolean {
  const found = pendingFor(run, ask);
  return typeof found !== 'string' && found.execution === ask.execution;
}

/** The failed attempts that the execution may look after, or why it may not. */
function pendingFor(run: Run, {stage, failures, execution}: RetryAsk): FailedAttempts | string {
  if (!isOpen(run)) return `run is ${run.cancelRequested === undefined ? run.state : 'to be cancelled'}`;
  const attempts = run.retries?.[stage];
  if (attempts === undefined) return 'the run went on';
  if (attempts.failures !== failures) return `${attempts.failures} attempts have failed by now`;
  if (attempts.execution !== undefined && attempts.execution !== execution)
    return `execution ${attempts.execution} looks after it`;
  return attempts;
}

/** Until when the workflow has the last failure in hand, in milliseconds; undefined when none is pending. */
export function retryPendingUntilMs(run: Run): number | undefined {
  const attempts = run.trouble && run.retries?.[run.trouble.stage];
  return attempts === undefined || attempts.released ? undefined : pauseEndMs(run, attempts);
}

/** Exponential, with a spread of a fifth to both sides that is the same whenever it is computed. */
function delaySeconds(policy: RetryPolicy, {runId, stage, failures}: RetryAsk): number {
  const chance =
    Number.parseInt(sha256Hex(JSON.stringify([runId, stage, failures])).slice(0, 8), 16) / 2 ** 32;
  return Math.round(pauseSeconds(policy, failures) * (1 - SPREAD + 2 * SPREAD * chance));
}
