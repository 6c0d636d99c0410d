import type {ContainerExit, ContainerSpec, Containers, RunningContainer} from '../containers/containers.ts';
import {millisecondsOf} from '../request.ts';

/** One container of a job. */
export interface Replica {
  /** As the service calls it in its messages. */
  readonly name: string;
  readonly container: ContainerSpec;
  /** A duration like `3600s`; seven days when absent. */
  readonly timeout?: string | null | undefined;
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
    return await runContainer(containers.run(replica.container), replica);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {reason: `The replica ${replica.name} could not start: ${why}`, logTail: ''};
  }
}

async function runContainer(
  container: RunningContainer,
  {name, timeout: asked, signal}: Replica,
): Promise<ReplicaFailure | undefined> {
  const timeout = asked ?? DEFAULT_TIMEOUT;
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
  return failureOf(name, exit, isLate ? timeout : undefined);
}

/** The last line of a log, for one-line messages. */
export function lastLine(log: string): string {
  return log.trimEnd().split('\n').at(-1) ?? '';
}

function failureOf(
  name: string,
  {code, logTail}: ContainerExit,
  timeout: string | undefined,
): ReplicaFailure | undefined {
  if (timeout !== undefined) {
    return {reason: `The replica ${name} ran longer than its timeout of ${timeout}.`, logTail};
  }
  if (code === 0) return undefined;
  return {reason: `The replica ${name} exited with a non-zero status of ${code}.`, logTail};
}

/** Timers count in 31 bits; a longer delay would fire at once. */
function timerDelay(timeout: string): number {
  return Math.min(millisecondsOf(timeout), 2 ** 31 - 1);
}
