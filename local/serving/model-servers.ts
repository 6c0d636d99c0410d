import type {Containers} from '../containers/containers.ts';
import {freePort} from '../free-port.ts';
import {untilHealthy} from './health.ts';
import type {ServingImages} from './prebuilt.ts';

/** How the server of a model is started. */
export interface ServerSpec {
  readonly image: string;
  readonly command?: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly routes: {readonly health: string; readonly predict: string};
  /** How long it may take to get healthy, e.g. `120s`. */
  readonly startTimeout: string;
}

/** A server process that is up and healthy. */
interface ModelServer {
  /** Where predictions are asked for. */
  readonly predictUrl: string;
}

export interface ModelServers {
  /**
   * The server known by a key, started when it does not run: at deployment, after a restart, after it died.
   * @param specOf asked only when it has to be started
   * @throws ApiError FAILED_PRECONDITION when it exits or does not get healthy in time.
   */
  ready(key: string, specOf: () => ServerSpec): Promise<ModelServer>;
  stop(key: string): void;
  /** Ends every server. */
  close(): void;
}

interface ServingHost {
  readonly containers: Containers;
  readonly images: ServingImages;
}

interface Slot {
  readonly server: Promise<ModelServer>;
  readonly stop: AbortController;
}

/** The processes that serve models, one each. */
export function modelServers(host: ServingHost): ModelServers {
  const slots = new Map<string, Slot>();

  function open(key: string, specOf: () => ServerSpec): Slot {
    const stop = new AbortController();
    const exited = () => {
      if (slots.get(key) === slot) slots.delete(key);
    };
    const server = startServer(host, {specOf, signal: stop.signal, exited});
    const slot = {server, stop};
    slots.set(key, slot);
    server.catch(exited);
    return slot;
  }

  return {
    ready: async (key, specOf) => (slots.get(key) ?? open(key, specOf)).server,
    stop(key) {
      slots.get(key)?.stop.abort();
      slots.delete(key);
    },
    close() {
      for (const {stop} of slots.values()) stop.abort();
    },
  };
}

interface ServerStart {
  readonly specOf: () => ServerSpec;
  readonly signal: AbortSignal;
  readonly exited: () => void;
}

async function startServer(
  {containers, images}: ServingHost,
  {specOf, signal, exited}: ServerStart,
): Promise<ModelServer> {
  const {routes, startTimeout, env, ...spec} = specOf();
  await images.provide(spec.image);
  const port = await freePort();
  const container = containers.run({...spec, env: {...env, ...serverVariables(port, routes)}});
  signal.addEventListener('abort', () => container.kill(), {once: true});
  if (signal.aborted) container.kill();
  container.exited.then(exited);
  const base = `http://127.0.0.1:${port}`;
  await untilHealthy(container, `${base}${routes.health}`, startTimeout);
  return {predictUrl: `${base}${routes.predict}`};
}

/** https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements#aip-variables */
function serverVariables(port: number, {health, predict}: ServerSpec['routes']): Record<string, string> {
  return {AIP_HTTP_PORT: String(port), AIP_HEALTH_ROUTE: health, AIP_PREDICT_ROUTE: predict};
}
