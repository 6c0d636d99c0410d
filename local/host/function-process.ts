import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {createWriteStream} from 'node:fs';
import {connect} from 'node:net';
import {freePort} from '../free-port.ts';
import type {StartedProcess} from '../leftovers.ts';
import type {Collection} from '../state.ts';

/** What runs one deployed function: its bundle, in a process of its own. */
export interface FunctionProcess {
  readonly url: string;
  readonly exited: Promise<unknown>;
  stop(): void;
}

export interface FunctionSpec {
  readonly name: string;
  /** The built bundle, as it would be uploaded: a package whose `main` serves HTTP at `PORT`. */
  readonly folder: string;
  /** The whole environment; the runtime adds PORT, K_SERVICE and the like, as Cloud Run does. */
  readonly env: Readonly<Record<string, string>>;
  /** Where its standard output and error go. */
  readonly logFile: string;
  /** Remembers it, so that the next start can end what a killed cloud left behind. */
  readonly processes: Collection<StartedProcess>;
}

const POLL_MS = 15;

/** Starts a function and resolves when it accepts connections. */
export async function startFunction(spec: FunctionSpec): Promise<FunctionProcess> {
  const {name, folder, env, logFile, processes} = spec;
  const port = await freePort();
  const child = spawn(process.execPath, [folder], {
    env: {
      ...env,
      PORT: String(port),
      HOST: '127.0.0.1',
      K_SERVICE: name,
      K_REVISION: `${name}-00001`,
      NODE_ENV: 'production',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const key = String(child.pid);
  if (child.pid !== undefined) processes.set(key, {pid: child.pid, startedAtMs: Date.now()});
  const log = createWriteStream(logFile, {flags: 'a'});
  child.stdout.pipe(log, {end: false});
  child.stderr.pipe(log, {end: false});
  const exited = once(child, 'exit').then(() => {
    log.end();
    processes.delete(key);
  });
  await listening(port, child, name, logFile);
  return {url: `http://127.0.0.1:${port}`, exited, stop: () => child.kill('SIGTERM')};
}

async function listening(port: number, child: ChildProcess, name: string, logFile: string): Promise<void> {
  while (!(await accepts(port))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`function ${name} did not start; see ${logFile}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
