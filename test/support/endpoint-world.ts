import {deployedModelIdOf} from '../../shared/domain/ids.ts';
import type {Run} from '../../shared/domain/run.ts';
import {emptyWorld, type World} from './memory-ports.ts';

/** The endpoint of the pipeline. */
export const DOOR = 'flowers';

/** Who is deployed, by version; with the percent of the traffic. */
export type Deployed = readonly (readonly [version: string, percent: number, id?: string])[];

/** A world where a run has made version 2 of three, and others the rest. */
export function worldWith(run: Run, deployed: Deployed, champion?: string, model = 'flowers'): World {
  const own = deployedModelIdOf(run.id);
  const world = emptyWorld();
  const entries = deployed.map(([version, percent, id = version === '2' ? own : `d${version}`]) => ({
    id,
    percent,
    shown: {id, model: `projects/1/locations/l/models/${model}`, version},
  }));
  world.endpoints.set(DOOR, {
    name: DOOR,
    deployed: entries.map(({shown}) => shown),
    traffic: Object.fromEntries(entries.map(({id, percent}) => [id, percent])),
    etag: '1',
  });
  for (const version of ['1', '2', '3']) {
    const [effectKey, runId] =
      version === '2' ? [`${run.id}-version`, run.id] : [`r${version}-version`, `r${version}`];
    world.versions.set(`flowers@${version}`, {
      name: `flowers@${version}`,
      version,
      artifactUri: '',
      effectKey,
      runId,
      attempt: 1,
    });
  }
  if (champion !== undefined) world.champions.set('flowers', champion);
  return world;
}

/** Who is deployed with what traffic, and who is champion. */
export function shown(world: World): unknown {
  const {deployed = [], traffic = {}} = world.endpoints.get(DOOR) ?? {};
  return {
    deployed: deployed.map(
      ({id, version}) => `${version}: ${(traffic as Record<string, number>)[id] ?? 0} %`,
    ),
    champion: world.champions.get('flowers'),
  };
}
