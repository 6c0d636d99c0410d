import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import {freePort} from '../../local/free-port.ts';

/** What one start of a process has shown. */
export interface FirstAnswer {
  /** From the start of the process until it takes connections. */
  readonly readyMs: number;
  /** From the start of the process until it has answered the request with a 2xx. */
  readonly answeredMs: number;
  /** Resident, after that answer. */
  readonly rssMiB: number;
}

export interface Start {
  /** What Node is given. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The request, and its path when it is not the root. */
export type FirstRequest = RequestInit & {readonly path?: string};

/** Starts a server, sends it its first request, and ends it. @throws Error when the answer is no 2xx */
export async function firstAnswer(
  start: Start,
  {path = '/', ...request}: FirstRequest,
): Promise<FirstAnswer> {
  const port = await freePort();
  const env = {...start.env, PORT: String(port), HOST: '127.0.0.1', NODE_ENV: 'production'};
  const startedMs = performance.now();
  const child = spawn(process.execPath, start.args, {env, stdio: ['ignore', 'ignore', 'inherit']});
  const exited = once(child, 'exit');
  try {
    while (!(await accepts(port))) {
      if (child.exitCode !== null) throw new Error(`${start.args.join(' ')} has ended`);
      await pause(1);
    }
    const readyMs = performance.now() - startedMs;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, request);
    const answeredMs = performance.now() - startedMs;
    if (!answer.ok) throw new Error(`${start.args.join(' ')}: ${answer.status} ${await answer.text()}`);
    return {readyMs, answeredMs, rssMiB: await rssMiB(child.pid)};
  } finally {
    child.kill();
    await exited;
  }
}

function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).then((answer) => {
    socket.destroy();
    return answer === true;
  });
}

async function rssMiB(pid: number | undefined): Promise<number> {
  const [, kibibytes = 'NaN'] = /^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}
