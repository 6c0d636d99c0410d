import type {Workshop} from '../jobs/workshop.ts';
import {idOf} from '../names.ts';
import type {ModelServers, ServerSpec} from '../serving/model-servers.ts';
import {modelOf, type StoredVersion} from './registry.ts';
import {servingImage} from './runtimes.ts';

/** The servers of versions. */
export interface VersionServers {
  /** The server of a version, started when it does not run. @throws ApiError FAILED_PRECONDITION */
  ready(version: StoredVersion): ReturnType<ModelServers['ready']>;
  stop(version: string): void;
}

const START_TIMEOUT = '120s';

export function versionServers(workshop: Workshop, servers: ModelServers): VersionServers {
  return {
    ready: (version) => servers.ready(version.name, () => serverSpec(workshop, version)),
    stop: (version) => servers.stop(version),
  };
}

/** https://cloud.google.com/ai-platform/prediction/docs/custom-container-requirements#aip-variables */
function serverSpec({project, containerEnv}: Workshop, version: StoredVersion): ServerSpec {
  const {name, deploymentUri, framework, runtimeVersion, pythonVersion} = version;
  const route = `/v1/${name.split('/').slice(2).join('/')}`;
  return {
    image: servingImage({
      framework: framework ?? '',
      runtimeVersion: runtimeVersion ?? '',
      pythonVersion: pythonVersion ?? '',
    }),
    args: [],
    env: {
      ...containerEnv(),
      AIP_STORAGE_URI: deploymentUri ?? '',
      AIP_MODE: 'PREDICTION',
      AIP_PROJECT_NUMBER: project.number,
      AIP_MODEL_NAME: idOf(modelOf(name)),
      AIP_VERSION_NAME: idOf(name),
      AIP_FRAMEWORK: framework ?? '',
    },
    routes: {health: route, predict: `${route}:predict`},
    startTimeout: START_TIMEOUT,
  };
}
