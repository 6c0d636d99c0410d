import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {type FileHandle, open} from 'node:fs/promises';
import {constants} from 'node:os';
import type {StartedProcess} from '../leftovers.ts';
import type {Collection} from '../state.ts';
import type {ContainerExit} from './containers.ts';

export interface ProcessSpec {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment; nothing of this process's own is added. */
  readonly env: NodeJS.ProcessEnv;
  /** Gets everything the program prints. */
  readonly logFile: string;
  /** Ends the program and all it started. */
  readonly signal: AbortSignal;
  /** Where it is noted while it runs, for `endLeftovers`. */
  readonly processes: Collection<StartedProcess>;
}

const TAIL_BYTES = 4096;
const TERMINATION_GRACE_MS = 5000;
const COMMAND_NOT_FOUND = 127;
const KILLED = 137;

/** Runs a program as the leader of a process group, so that it ends with all its children, as a container does. */
export async function runProcess(spec: ProcessSpec): Promise<ContainerExit> {
  const log = await open(spec.logFile, 'a+');
  try {
    const code = spec.signal.aborted ? KILLED : await exitCode(spec, log);
    return {code: spec.signal.aborted ? KILLED : code, logTail: await tailOf(log)};
  } finally {
    await log.close();
  }
}

async function exitCode(spec: ProcessSpec, log: FileHandle): Promise<number> {
  const {argv, cwd, env, signal, processes} = spec;
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {cwd, env, detached: true, stdio: ['ignore', log.fd, log.fd]});
  const exit = once(child, 'exit');
  if (child.pid !== undefined) processes.set(String(child.pid), {pid: child.pid, startedAtMs: Date.now()});
  const release = endOnAbort(child, signal);
  try {
    const [code, killedBy] = await exit;
    return code ?? 128 + constants.signals[killedBy as NodeJS.Signals];
  } catch (error) {
    await log.appendFile(`${program}: ${(error as Error).message}\n`);
    return COMMAND_NOT_FOUND;
  } finally {
    release();
    killGroup(child, 'SIGKILL');
    processes.delete(String(child.pid));
  }
}

/** Asks politely first; returns what stops the watching. */
function endOnAbort(child: ChildProcess, signal: AbortSignal): () => void {
  let deadline: NodeJS.Timeout | undefined;
  const end = () => {
    killGroup(child, 'SIGTERM');
    deadline = setTimeout(() => killGroup(child, 'SIGKILL'), TERMINATION_GRACE_MS);
  };
  signal.addEventListener('abort', end, {once: true});
  return () => {
    signal.removeEventListener('abort', end);
    clearTimeout(deadline);
  };
}

function killGroup({pid}: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}

async function tailOf(log: FileHandle): Promise<string> {
  const {size} = await log.stat();
  const length = Math.min(size, TAIL_BYTES);
  const {buffer} = await log.read(Buffer.alloc(length), 0, length, size - length);
  const text = buffer.toString();
  return size > TAIL_BYTES ? text.slice(text.indexOf('\n') + 1) : text;
}
