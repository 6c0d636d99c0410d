import type {Platform, Ports} from '../../shared/ports.ts';

/** The ports with some calls of the platform answered otherwise. */
export function onPlatform(
  ports: Ports,
  changes: {readonly jobs?: Partial<Platform['jobs']>; readonly models?: Partial<Platform['models']>},
): Ports {
  const {jobs, models} = ports.platforms.vertex;
  const vertex = {jobs: {...jobs, ...changes.jobs}, models: {...models, ...changes.models}};
  return {...ports, platforms: {...ports.platforms, vertex}};
}
