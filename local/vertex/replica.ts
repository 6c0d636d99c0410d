import type {ContainerExit, ContainerSpec, Containers, RunningContainer} from '../containers/containers.ts';
import {millisecondsOf, variablesOf} from '../request.ts';
import type {CustomJobSpec} from './types.ts';

/** One container of a job: what `CustomJobSpec` says, plus what the service adds. */
export interface Replica {
  readonly spec: CustomJobSpec;
  /** Come after the specification's own. */
  readonly args: readonly string[];
  /** Win over the specification's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly sharedFolder?: string;
  /** Ends the container early. */
  readonly signal: AbortSignal;
}

/** Why a replica did not do its work. */
export interface ReplicaFailure {
  readonly reason: string;
  /** The last lines it wrote; may be empty. */
  readonly logTail: string;
}

const DEFAULT_TIMEOUT = `${7 * 24 * 3600}s`;

/**
 * Runs a replica to its end.
 * @returns undefined when it ended well; a failure when it could not start, exited non-zero, ran out of time or was ended early.
 */
export async function runReplica(
  containers: Containers,
  replica: Replica,
): Promise<ReplicaFailure | undefined> {
  try {
    return await runContainer(containers.run(containerOf(replica)), replica);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {reason: `The replica workerpool0-0 could not start: ${why}`, logTail: ''};
  }
}

async function runContainer(
  container: RunningContainer,
  {spec, signal}: Replica,
): Promise<ReplicaFailure | undefined> {
  const timeout = spec.scheduling?.timeout ?? DEFAULT_TIMEOUT;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    container.kill();
  }, timerDelay(timeout));
  const kill = () => container.kill();
  signal.addEventListener('abort', kill);
  if (signal.aborted) kill();
  const exit = await container.exited;
  signal.removeEventListener('abort', kill);
  clearTimeout(timer);
  return failureOf(exit, isLate ? timeout : undefined);
}

/** The last line of a log, for one-line messages. */
export function lastLine(log: string): string {
  return log.trimEnd().split('\n').at(-1) ?? '';
}

function containerOf({spec, args, env, sharedFolder}: Replica): ContainerSpec {
  const container = spec.workerPoolSpecs?.[0]?.containerSpec;
  return {
    image: container?.imageUri ?? '',
    ...(container?.command && {command: container.command}),
    args: [...(container?.args ?? []), ...args],
    env: {...variablesOf(container?.env), ...env},
    ...(sharedFolder !== undefined && {sharedFolder}),
  };
}

function failureOf({code, logTail}: ContainerExit, timeout: string | undefined): ReplicaFailure | undefined {
  if (timeout !== undefined) {
    return {reason: `The replica workerpool0-0 ran longer than its timeout of ${timeout}.`, logTail};
  }
  if (code === 0) return undefined;
  return {reason: `The replica workerpool0-0 exited with a non-zero status of ${code}.`, logTail};
}

/** Timers count in 31 bits; a longer delay would fire at once. */
function timerDelay(timeout: string): number {
  return Math.min(millisecondsOf(timeout), 2 ** 31 - 1);
}
