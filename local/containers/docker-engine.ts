import {randomUUID} from 'node:crypto';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {endLeftovers, type StartedProcess} from '../leftovers.ts';
import type {State} from '../state.ts';
import {runCommand} from './command.ts';
import type {ContainerEngine, ContainerExit, ContainerSpec} from './containers.ts';
import {logFileFor} from './log-file.ts';
import {runProcess} from './process-container.ts';
import {RunningContainers} from './running-containers.ts';

/** Whether the docker command line reaches an engine. */
export async function hasDockerEngine(): Promise<boolean> {
  return (await docker(['info'])) !== undefined;
}

/** Containers of a Docker engine, on the host's network so that they reach the local cloud on loopback. */
export async function dockerEngine(state: State): Promise<ContainerEngine> {
  const processes = state.collection<StartedProcess>('containers.processes');
  const running = new RunningContainers();
  const logsFolder = state.folder('container-logs');
  const label = `millrace.logs=${logsFolder}`;
  await removeContainers(label);
  await endLeftovers(processes);

  async function runImage(digest: string, spec: ContainerSpec, signal: AbortSignal): Promise<ContainerExit> {
    const name = `millrace-${randomUUID()}`;
    const {command: [entrypoint, ...first] = [], args = [], env = {}, sharedFolder} = spec;
    const exit = await runProcess({
      argv: [
        ...['docker', 'run', '--rm', '--network', 'host', '--name', name, '--label', label],
        ...Object.entries(env).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
        ...(sharedFolder === undefined ? [] : ['--volume', `${sharedFolder}:${sharedFolder}`]),
        ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
        ...[digest, ...first, ...args],
      ],
      cwd: tmpdir(),
      env: process.env,
      logFile: logFileFor(logsFolder, spec.image),
      signal,
      processes,
    });
    // The command line is gone; a container that ignored its request to end is not.
    if (signal.aborted) await docker(['rm', '--force', name]);
    return exit;
  }

  return {
    async build(context, log, {dockerfile, buildArgs = {}, signal} = {}) {
      const folder = await mkdtemp(join(tmpdir(), 'millrace-'));
      try {
        const idFile = join(folder, 'image-id');
        const args = [
          ...['build', '--iidfile', idFile],
          ...(dockerfile === undefined ? [] : ['--file', dockerfile]),
          ...Object.entries(buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
          context,
        ];
        const code = await runCommand('docker', args, {cwd: context, log, signal});
        if (code !== 0) throw new Error(`docker build exited with ${code}`);
        return {digest: (await readFile(idFile, 'utf8')).trim()};
      } finally {
        await rm(folder, {recursive: true});
      }
    },
    start: (digest, spec) => running.start((signal) => runImage(digest, spec, signal)),
    close: () => running.close(),
  };
}

async function removeContainers(label: string): Promise<void> {
  const ids = await docker(['ps', '--all', '--quiet', '--filter', `label=${label}`]);
  if (ids?.length) await docker(['rm', '--force', ...ids]);
}

/** The lines a short docker command prints; undefined when it fails. */
async function docker(args: readonly string[]): Promise<string[] | undefined> {
  const lines: string[] = [];
  const options = {cwd: tmpdir(), log: (line: string) => lines.push(line)};
  const code = await runCommand('docker', args, options).catch(() => undefined);
  return code === 0 ? lines : undefined;
}
