import {type ChildProcess, spawn} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {freePort} from '../../local/free-port.ts';

/** One of Google's official emulators, running. */
export interface Emulator {
  /** `host:port`, as `PUBSUB_EMULATOR_HOST` and `FIRESTORE_EMULATOR_HOST` want it. */
  readonly host: string;
  /** Ends the emulator with every process it started. */
  stop(): Promise<void>;
}

const COMMANDS = {
  pubsub: ['beta', 'emulators', 'pubsub', 'start'],
  firestore: ['emulators', 'firestore', 'start'],
};
const START_TIMEOUT_MS = 60_000;

/**
 * Starts an official emulator on a free loopback port and waits until it answers.
 * @returns undefined when this machine has no gcloud, no Java or not this emulator, so that a caller can skip.
 */
export async function startEmulator(name: 'pubsub' | 'firestore'): Promise<Emulator | undefined> {
  const host = `127.0.0.1:${await freePort()}`;
  const folder = await mkdtemp(join(tmpdir(), `${name}-emulator-`));
  const gcloud = spawn('gcloud', [...COMMANDS[name], `--host-port=${host}`], {
    detached: true,
    stdio: 'ignore',
    env: {...process.env, CLOUDSDK_CONFIG: folder, CLOUDSDK_CORE_DISABLE_PROMPTS: '1'},
  });
  const ended = endOf(gcloud);
  const stop = async () => {
    endGroup(gcloud);
    await ended;
    await rm(folder, {recursive: true, force: true});
  };
  const startup = new AbortController();
  const ready = await Promise.race([
    answers(`http://${host}/`, startup.signal),
    ended.then(() => false),
    delay(START_TIMEOUT_MS, false, {ref: false}),
  ]);
  startup.abort();
  if (ready) return {host, stop};
  await stop();
  return undefined;
}

/** Resolves when the process has ended, also when it could not be started at all. */
function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

/** gcloud is only the parent: the server is a Java grandchild in the same process group. */
function endGroup({pid}: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has already ended.
  }
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const response = await fetch(url, {signal}).catch(() => undefined);
    if (response !== undefined) return true;
    await delay(50);
  }
  return false;
}
