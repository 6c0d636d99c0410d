import {spawn} from 'node:child_process';
import {ApiError} from '../../../local/api-error.ts';
import type {ContainerExit, Containers} from '../../../local/containers/containers.ts';

/** Containers whose images are shell scripts by name; `$@` are the arguments. Only what the tests use works. */
export function scriptContainers(images: Readonly<Record<string, string>>): Containers {
  const running = new Set<() => void>();
  return {
    build: async () => ({digest: 'sha256:0'}),
    tag: () => {},
    resolve: (reference) => (images[reference] === undefined ? undefined : `sha256:${reference}`),
    run({image, args = [], env = {}}) {
      const script = images[image];
      if (script === undefined) throw new ApiError('NOT_FOUND', `Image '${image}' not found.`);
      const child = spawn('/bin/sh', ['-c', script, image, ...args], {
        env: {PATH: process.env.PATH, NODE: process.execPath, ...env},
        detached: true,
      });
      let logTail = '';
      const keep = (chunk: Buffer) => {
        logTail += chunk;
      };
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
      const kill = () => {
        if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL');
      };
      running.add(kill);
      const exited = new Promise<ContainerExit>((resolve) => {
        child.on('close', (code) => {
          running.delete(kill);
          resolve({code: code ?? 137, logTail});
        });
      });
      return {exited, kill};
    },
    async close() {
      for (const kill of running) kill();
    },
  };
}
