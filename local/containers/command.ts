import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';

export interface CommandOptions {
  readonly cwd: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a build tool to its end, output and errors line by line to `log`. It sees the developer's own environment:
 * proxies, package indexes and certificates are configured there.
 * @returns its exit code.
 * @throws an Error when the tool cannot be started, or `signal` ended it.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  {cwd, log, signal}: CommandOptions,
): Promise<number> {
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && {signal}),
  });
  for (const input of [child.stdout, child.stderr]) createInterface({input}).on('line', log);
  const [code] = await once(child, 'close').catch((error) => {
    throw error.code === 'ENOENT' ? new Error(`${program} was not found in PATH`, {cause: error}) : error;
  });
  return code ?? 1;
}
