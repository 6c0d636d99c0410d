import {ApiError} from '../api-error.ts';
import type {State} from '../state.ts';
import type {ContainerEngine, Containers} from './containers.ts';
import {dockerEngine, hasDockerEngine} from './docker-engine.ts';
import {imageNames} from './image-names.ts';
import {processEngine} from './process-engine.ts';
import {defaultCacheDir} from './virtual-environment.ts';

export interface ContainersOptions {
  readonly state: State;
  /** Where virtual environments are kept; the user's cache folder by default. */
  readonly cacheDir?: string;
}

/** This machine's containers: the Docker engine's when one answers, processes otherwise. */
export async function openContainers({state, cacheDir}: ContainersOptions): Promise<Containers> {
  const engine = (await hasDockerEngine())
    ? await dockerEngine(state)
    : await processEngine({state, cacheDir: cacheDir ?? defaultCacheDir()});
  return namedContainers(state, engine);
}

/** Puts names on the images of an engine. */
export function namedContainers(state: State, engine: ContainerEngine): Containers {
  const names = imageNames(state);
  return {
    build: engine.build,
    close: engine.close,
    ...names,
    run(spec) {
      const digest = names.resolve(spec.image);
      if (digest === undefined) throw new ApiError('NOT_FOUND', `Image '${spec.image}' not found.`);
      return engine.start(digest, spec);
    },
  };
}
