import {fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {buildFunctions, bundlesFolder} from '../../cli/build-functions.ts';
import type {Entry} from './ledger.ts';

/** A project in processes of its own: the local cloud, and a function in each other. */
export interface Rig {
  /** For scratch files. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when so many runs have told of their end. */
  ended(runs: number): Promise<void>;
  /** What the cloud was asked since the last time. */
  take(): Promise<Entry[]>;
  cpu(): Promise<Cpu>;
  close(): Promise<void>;
}

/** Milliseconds of processor time since the start; without the trainers. */
interface Cpu {
  readonly functionsMs: number;
  readonly cloudMs: number;
}

export async function startRig(): Promise<Rig> {
  await buildFunctions();
  const folder = await mkdtemp(join(tmpdir(), 'millrace-path-'));
  const cloud = fork(new URL('cloud.ts', import.meta.url), {
    env: {...process.env, BENCH_FOLDER: join(folder, 'cloud')},
  });
  const [env] = await once(cloud, 'message');
  const pid = cloud.pid ?? 0;
  return {
    folder,
    env,
    ended(runs) {
      return new Promise((resolve) => {
        let left = runs;
        cloud.on('message', function count(message) {
          if (message !== 'ended' || --left > 0) return;
          cloud.off('message', count);
          resolve();
        });
      });
    },
    async take() {
      cloud.send('take');
      for (;;) {
        const [message] = await once(cloud, 'message');
        if (message !== 'ended') return message;
      }
    },
    async cpu() {
      const functions = await functionsOf(pid);
      const times = await Promise.all(functions.map(cpuMs));
      return {functionsMs: times.reduce((sum, ms) => sum + ms, 0), cloudMs: await cpuMs(pid)};
    },
    async close() {
      cloud.disconnect();
      await once(cloud, 'exit');
      await rm(folder, {recursive: true});
    },
  };
}

async function functionsOf(cloud: number): Promise<number[]> {
  const children = await readFile(`/proc/${cloud}/task/${cloud}/children`, 'utf8');
  const pids = children.split(' ').filter(Boolean).map(Number);
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, index) => commands[index]?.includes(bundlesFolder));
}

/** The kernel counts hundredths of a second: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) * 10;
}
