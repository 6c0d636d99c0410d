import type {Workshop} from '../jobs/workshop.ts';
import {idOf} from '../names.ts';
import {variablesOf} from '../request.ts';
import type {ModelServers, ServerSpec} from '../serving/model-servers.ts';
import type {ModelRegistry} from './model-registry.ts';
import type {DeployedModel, Model} from './types.ts';

/** The servers of deployed models. */
export interface DeployedServers {
  /** The server of a deployed model, started when it does not run. @throws ApiError FAILED_PRECONDITION */
  ready(endpoint: string, deployed: DeployedModel): ReturnType<ModelServers['ready']>;
  stop(endpoint: string, deployedModelId: string): void;
}

export interface DeployedHost extends Workshop {
  readonly registry: ModelRegistry;
  readonly servers: ModelServers;
}

const DEFAULT_DEPLOYMENT_TIMEOUT = '120s';

export function deployedServers(host: DeployedHost): DeployedServers {
  const keyOf = (endpoint: string, id: string | null | undefined) => `${endpoint}/deployedModels/${id}`;
  return {
    ready(endpoint, deployed) {
      const key = keyOf(endpoint, deployed.id);
      const model = () => host.registry.version(`${deployed.model}@${deployed.modelVersionId}`);
      return host.servers.ready(key, () => serverOf(host, model(), key));
    },
    stop: (endpoint, id) => host.servers.stop(keyOf(endpoint, id)),
  };
}

/** The server of a version. @param key name of what asks it: a deployed model or a job */
export function serverOf(host: Workshop, model: Model, key: string): ServerSpec {
  const {imageUri, command, args, env, deploymentTimeout} = model.containerSpec ?? {};
  return {
    image: imageUri ?? '',
    ...(command && {command}),
    args: args ?? [],
    env: {...host.containerEnv(), ...variablesOf(env), ...originVariables(host, model, key)},
    routes: routesOf(model, key),
    startTimeout: deploymentTimeout ?? DEFAULT_DEPLOYMENT_TIMEOUT,
  };
}

/** https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements */
function routesOf({containerSpec}: Model, key: string): ServerSpec['routes'] {
  const fallback = `/v1/${key.split('/').slice(4).join('/')}`;
  return {
    health: containerSpec?.healthRoute ?? fallback,
    predict: containerSpec?.predictRoute ?? `${fallback}:predict`,
  };
}

function originVariables({project}: Workshop, model: Model, key: string): Record<string, string> {
  return {
    AIP_STORAGE_URI: model.artifactUri ?? '',
    AIP_MODE: 'PREDICTION',
    AIP_PROJECT_NUMBER: project.number,
    AIP_ENDPOINT_ID: key.split('/').at(-3) ?? '',
    AIP_DEPLOYED_MODEL_ID: idOf(key),
  };
}
