import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

const TASKSET = '/usr/bin/taskset';

/** A command on one core, where the system can do that. */
export function onCore(core: number, command: readonly string[]): readonly string[] {
  return existsSync(TASKSET) ? [TASKSET, '-c', String(core), ...command] : command;
}

/** A storage server on a core of its own, see server.ts. */
export async function startServer(path: string, turns = 1) {
  const [program = '', ...args] = onCore(1, [
    process.execPath,
    join(import.meta.dirname, 'server.ts'),
    path,
    String(turns),
  ]);
  const server = spawn(program, args, {stdio: ['ignore', 'pipe', 'inherit']});
  const [origin] = await once(createInterface(server.stdout), 'line');
  return {origin: String(origin), stop: () => server.kill()};
}
