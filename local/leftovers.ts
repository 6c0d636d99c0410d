import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import type {Collection} from './state.ts';

/** A process this cloud started and has not seen the end of. */
export interface StartedProcess {
  readonly pid: number;
  readonly startedAtMs: number;
}

/** `ps` shows whole seconds. */
const TOLERANCE_MS = 2000;

/** Ends the processes a killed cloud left behind. A process id that was given to another program since is let alone. */
export async function endLeftovers(running: Collection<StartedProcess>): Promise<void> {
  for (const {pid, startedAtMs} of [...running.values()]) {
    const startMs = await processStartMs(pid);
    if (Math.abs(startMs - startedAtMs) <= TOLERANCE_MS) process.kill(-pid, 'SIGKILL');
    running.delete(String(pid));
  }
}

/** NaN when no such process runs. */
async function processStartMs(pid: number): Promise<number> {
  try {
    const {stdout} = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], {
      env: {...process.env, LC_ALL: 'C'},
    });
    return Date.parse(stdout.trim());
  } catch {
    return Number.NaN;
  }
}
