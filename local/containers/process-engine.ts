import {randomUUID} from 'node:crypto';
import {constants, existsSync, renameSync} from 'node:fs';
import {cp, mkdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {endLeftovers, type StartedProcess} from '../leftovers.ts';
import type {State} from '../state.ts';
import type {ContainerEngine, ContainerExit, ContainerSpec} from './containers.ts';
import type {ImageConfig} from './dockerfile.ts';
import {logFileFor} from './log-file.ts';
import {runProcess} from './process-container.ts';
import {onThisMachine, processEnvironment} from './process-environment.ts';
import {buildProcessImage} from './process-image.ts';
import {RunningContainers} from './running-containers.ts';
import {virtualEnvironment} from './virtual-environment.ts';

export interface ProcessEngineOptions {
  readonly state: State;
  /** Where virtual environments are kept. */
  readonly cacheDir: string;
}

/**
 * Containers without a Docker engine: an image is a folder by digest, a container is a process group in a copy of it.
 * Nothing is isolated; images are as trusted as any program the developer starts.
 */
export async function processEngine({state, cacheDir}: ProcessEngineOptions): Promise<ContainerEngine> {
  const configs = state.collection<ImageConfig>('containers.images');
  const processes = state.collection<StartedProcess>('containers.processes');
  const running = new RunningContainers();
  const imagesFolder = state.folder('images');
  const logsFolder = state.folder('container-logs');
  const workFolder = state.folder('container-work');
  await endLeftovers(processes);
  await rm(workFolder, {recursive: true});
  await mkdir(workFolder);

  async function runImage(digest: string, spec: ContainerSpec, signal: AbortSignal): Promise<ContainerExit> {
    const config = configs.get(digest);
    if (config === undefined) throw new Error(`no image ${digest}`);
    const image = imageFolder(imagesFolder, digest);
    const work = join(workFolder, randomUUID());
    const root = join(work, 'root');
    const scratch = join(work, 'scratch');
    try {
      await cp(image, root, {recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE});
      await mkdir(scratch);
      const venv = await environmentOf(config, image);
      return await runProcess({
        argv: commandOf(config, spec).map((word) => onThisMachine(root, word)),
        cwd: join(root, config.workdir),
        env: {...processEnvironment(config, {root, scratch, venv}), ...spec.env},
        logFile: logFileFor(logsFolder, spec.image),
        signal,
        processes,
      });
    } finally {
      await rm(work, {recursive: true, force: true});
    }
  }

  /** Made while building; made again here when the cache was emptied since. */
  async function environmentOf(config: ImageConfig, image: string): Promise<string | undefined> {
    if (config.requirements === undefined && config.runtime !== 'python') return undefined;
    const requirements = config.requirements && join(image, config.requirements);
    return virtualEnvironment(requirements, {cacheDir, log: () => {}});
  }

  return {
    async build(context, log, options = {}) {
      const root = join(workFolder, randomUUID());
      try {
        const {digest, config} = await buildProcessImage({...options, context, root, cacheDir, log});
        const image = imageFolder(imagesFolder, digest);
        // Without a pause between the two: another build may be about to put the same image there.
        if (!existsSync(image)) renameSync(root, image);
        configs.set(digest, config);
        return {digest};
      } finally {
        await rm(root, {recursive: true, force: true});
      }
    },
    start: (digest, spec) => running.start((signal) => runImage(digest, spec, signal)),
    close: () => running.close(),
  };
}

function imageFolder(imagesFolder: string, digest: string): string {
  return join(imagesFolder, digest.replace('sha256:', ''));
}

/** As Docker puts it together: given arguments replace CMD, a given command replaces both. */
function commandOf({entrypoint, cmd}: ImageConfig, {command, args = []}: ContainerSpec): string[] {
  if (command !== undefined) return [...command, ...args];
  return [...entrypoint, ...(args.length > 0 ? args : cmd)];
}
