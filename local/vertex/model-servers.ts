import {freePort} from '../free-port.ts';
import type {Workshop} from '../jobs/workshop.ts';
import {idOf} from '../names.ts';
import {variablesOf} from '../request.ts';
import {untilHealthy} from './health.ts';
import type {ModelRegistry} from './model-registry.ts';
import type {ServingImages} from './prebuilt.ts';
import type {DeployedModel, Model} from './types.ts';

/** A server process that is up and healthy. */
interface ModelServer {
  /** Where predictions are asked for. */
  readonly predictUrl: string;
}

export interface ModelServers {
  /**
   * The server of a deployed model, started when it does not run: at deployment, after a restart, after it died.
   * @throws ApiError FAILED_PRECONDITION when it exits or does not get healthy in time.
   */
  ready(endpoint: string, deployed: DeployedModel): Promise<ModelServer>;
  stop(endpoint: string, deployedModelId: string): void;
  /** Ends every server. */
  close(): void;
}

export interface ServingWorkshop extends Workshop {
  readonly registry: ModelRegistry;
  readonly images: ServingImages;
}

interface Slot {
  readonly server: Promise<ModelServer>;
  readonly stop: AbortController;
}

const DEFAULT_DEPLOYMENT_TIMEOUT = '120s';

/** The processes behind the deployed models, one each. */
export function modelServers(workshop: ServingWorkshop): ModelServers {
  const slots = new Map<string, Slot>();

  function open(key: string, deployed: DeployedModel): Slot {
    const stop = new AbortController();
    const exited = () => {
      if (slots.get(key) === slot) slots.delete(key);
    };
    const server = startServer(workshop, {deployed, key, signal: stop.signal, exited});
    const slot = {server, stop};
    slots.set(key, slot);
    server.catch(exited);
    return slot;
  }

  return {
    async ready(endpoint, deployed) {
      const key = `${endpoint}/deployedModels/${deployed.id}`;
      return (slots.get(key) ?? open(key, deployed)).server;
    },
    stop(endpoint, deployedModelId) {
      const key = `${endpoint}/deployedModels/${deployedModelId}`;
      slots.get(key)?.stop.abort();
      slots.delete(key);
    },
    close() {
      for (const {stop} of slots.values()) stop.abort();
    },
  };
}

interface ServerStart {
  readonly deployed: DeployedModel;
  /** `…/endpoints/E/deployedModels/D` */
  readonly key: string;
  readonly signal: AbortSignal;
  readonly exited: () => void;
}

async function startServer(workshop: ServingWorkshop, start: ServerStart): Promise<ModelServer> {
  const {deployed, key, signal, exited} = start;
  const model = workshop.registry.version(`${deployed.model}@${deployed.modelVersionId}`);
  const {imageUri, command, args, deploymentTimeout} = model.containerSpec ?? {};
  await workshop.images.provide(imageUri ?? '');
  const port = await freePort();
  const routes = routesOf(model, key);
  const container = workshop.containers.run({
    image: imageUri ?? '',
    ...(command && {command}),
    args: args ?? [],
    env: {
      ...workshop.containerEnv(),
      ...variablesOf(model.containerSpec?.env),
      ...serverVariables(workshop, {model, key, port, routes}),
    },
  });
  signal.addEventListener('abort', () => container.kill(), {once: true});
  if (signal.aborted) container.kill();
  container.exited.then(exited);
  const base = `http://127.0.0.1:${port}`;
  await untilHealthy(container, `${base}${routes.health}`, deploymentTimeout ?? DEFAULT_DEPLOYMENT_TIMEOUT);
  return {predictUrl: `${base}${routes.predict}`};
}

interface Routes {
  readonly health: string;
  readonly predict: string;
}

/** https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements */
function routesOf({containerSpec}: Model, key: string): Routes {
  const fallback = `/v1/${key.split('/').slice(4).join('/')}`;
  return {
    health: containerSpec?.healthRoute ?? fallback,
    predict: containerSpec?.predictRoute ?? `${fallback}:predict`,
  };
}

function serverVariables(
  {project}: ServingWorkshop,
  {model, key, port, routes}: {model: Model; key: string; port: number; routes: Routes},
): Record<string, string> {
  return {
    AIP_HTTP_PORT: String(port),
    AIP_HEALTH_ROUTE: routes.health,
    AIP_PREDICT_ROUTE: routes.predict,
    AIP_STORAGE_URI: model.artifactUri ?? '',
    AIP_MODE: 'PREDICTION',
    AIP_PROJECT_NUMBER: project.number,
    AIP_ENDPOINT_ID: key.split('/').at(-3) ?? '',
    AIP_DEPLOYED_MODEL_ID: idOf(key),
  };
}
