import {Readable} from 'node:stream';
import {Server, ServerCredentials} from '@grpc/grpc-js';
import {artifactRegistry} from './artifactregistry/artifact-registry.ts';
import {bigQuery} from './bigquery/big-query.ts';
import {cloudBuild} from './cloudbuild/cloud-build.ts';
import {openContainers} from './containers/open-containers.ts';
import {type Eventarc, eventarc} from './eventarc/eventarc.ts';
import {addFirestore} from './firestore/firestore.ts';
import {claimFolder} from './folder-claim.ts';
import {FunctionHost, type FunctionsOptions, functionRoutes} from './host/functions.ts';
import {httpServer} from './http.ts';
import {openSinks} from './logging/sinks.ts';
import {metadataServer} from './metadata/metadata-server.ts';
import {TokenSigner} from './metadata/token-signer.ts';
import {mlV1} from './ml/ml.ts';
import {Broker} from './pubsub/broker.ts';
import {addPubsubServices} from './pubsub/grpc-services.ts';
import {pubsubRest} from './pubsub/rest.ts';
import {systemClock} from './scheduler/clock.ts';
import {cloudScheduler} from './scheduler/cloud-scheduler.ts';
import {openState, type State} from './state.ts';
import {storageService} from './storage/service.ts';
import {vertex} from './vertex/vertex.ts';
import {realClock} from './workflows/clock.ts';
import {cloudWorkflows} from './workflows/cloud-workflows.ts';
import {metadataTokens} from './workflows/tokens.ts';

export interface CloudOptions {
  /** Where everything is kept; opened again, the cloud goes on where it stopped. */
  readonly folder: string;
  readonly project: {readonly id: string; readonly number: string};
  readonly region: string;
  /** 0 for any free port. */
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Served at `/functions/<name>`. */
  readonly functions?: FunctionsOptions;
}

export interface Cloud {
  /** Without a slash at the end. */
  readonly httpUrl: string;
  /** `host:port` of Pub/Sub and Firestore. */
  readonly grpcAddress: string;
  readonly eventarc: Eventarc;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Starts all services in this process: REST on one port, gRPC on another. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const {folder, project, region} = options;
  const giveUpFolder = claimFolder(folder);
  const state = openState(folder);
  const app = httpServer();
  /** Known while it listens: what the last process left is resumed then, not before. */
  const httpUrl = () => app.listeningOrigin;
  const broker = new Broker(state);
  const {publish} = broker;
  const containers = await openContainers({state});
  const registry = artifactRegistry(state);
  const sinks = openSinks({state, publish});
  const builds = cloudBuild({
    state,
    publish,
    containers,
    push: registry.push,
    fetchObject: (bucket, name, generation) => download(objectUrl(httpUrl(), bucket, name, generation)),
    stepEnv: () => ({CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `${httpUrl()}/`}),
  });
  const workflows = cloudWorkflows({
    state,
    project,
    clock: realClock,
    http: {fetch, googleApis: httpUrl, authorize: metadataTokens(httpUrl, fetch)},
    log: (entry) => sinks.route(entry),
  });
  const containerEnv = () => clientVariables(httpUrl(), grpcAddress);

  await app.register(storageService({state, publish, projectNumber: project.number}));
  await app.register(pubsubRest(broker));
  const tokens = new TokenSigner(state);
  const scheduler = cloudScheduler({state, clock: systemClock, tokens});
  const plain = [builds, registry, workflows, tokens, scheduler].map(({routes}) => routes);
  for (const routes of [...plain, sinks.plugin, bigQuery(state)]) await app.register(routes);
  const trainers = {state, containers, project, publishLog: sinks.route, containerEnv};
  for (const service of [vertex, mlV1]) await app.register(service(trainers));
  await app.register(metadataServer({project: project.id, projectNumber: project.number, region}, tokens));
  const functions = options.functions && (await FunctionHost.open(state, options.functions));
  if (functions !== undefined) await app.register(functionRoutes(functions));

  const grpc = grpcServer(broker, state);
  const grpcAddress = `${HOST}:${await bind(grpc, options.grpcPort)}`;
  await app.listen({host: HOST, port: options.httpPort});
  workflows.resume();

  return {
    httpUrl: httpUrl(),
    grpcAddress,
    eventarc: eventarc({
      broker,
      project: project.id,
      region,
      notify: (bucket, topic) => notify(httpUrl(), bucket, topic),
    }),
    async close() {
      broker.close();
      workflows.close();
      const lastCalls = scheduler.close();
      await builds.close();
      await app.close();
      await lastCalls;
      await functions?.close();
      grpc.forceShutdown();
      await containers.close();
      state.close();
      giveUpFolder();
    },
  };
}

/** The variables by which clients of all languages find the services that have one. */
export function clientVariables(httpUrl: string, grpcAddress: string): Record<string, string> {
  return {
    STORAGE_EMULATOR_HOST: httpUrl,
    PUBSUB_EMULATOR_HOST: grpcAddress,
    FIRESTORE_EMULATOR_HOST: grpcAddress,
    GCE_METADATA_HOST: httpUrl.slice('http://'.length),
    METADATA_SERVER_DETECTION: 'assume-present',
  };
}

function grpcServer(broker: Broker, state: State): Server {
  const server = new Server({'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1});
  addPubsubServices(server, broker);
  addFirestore(server, state);
  return server;
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`${HOST}:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
}

function objectUrl(httpUrl: string, bucket: string, name: string, generation: string | undefined): string {
  const pinned = generation === undefined ? '' : `&generation=${generation}`;
  return `${httpUrl}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media${pinned}`;
}

async function download(url: string): Promise<Readable> {
  const answer = await fetch(url);
  if (!answer.ok || answer.body === null) throw new Error(`${url}: ${await answer.text()}`);
  return Readable.fromWeb(answer.body);
}

/** Makes a bucket announce finalized objects on a topic, once. */
async function notify(httpUrl: string, bucket: string, topic: string): Promise<void> {
  const url = `${httpUrl}/storage/v1/b/${bucket}/notificationConfigs`;
  const wanted = `//pubsub.googleapis.com/${topic}`;
  const listed = (await (await fetch(url)).json()) as {items?: {topic?: string}[]};
  if (listed.items?.some((config) => config.topic === wanted)) return;
  const body = JSON.stringify({
    topic: wanted,
    payload_format: 'JSON_API_V1',
    event_types: ['OBJECT_FINALIZE'],
  });
  const answer = await fetch(url, {method: 'POST', headers: {'content-type': 'application/json'}, body});
  if (!answer.ok) throw new Error(`bucket ${bucket} cannot notify ${topic}: ${await answer.text()}`);
}
