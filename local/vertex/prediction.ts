import type {FastifyInstance} from 'fastify';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {type Project, segment} from '../names.ts';
import {parseRequest} from '../request.ts';
import {askServer, assertSize, predictionsOf, type Question} from '../serving/ask-server.ts';
import type {DeployedServers} from './deployed-servers.ts';
import type {EndpointStore} from './endpoint-store.ts';
import {type EndpointPath, endpointName} from './endpoints.ts';
import type {ModelRegistry} from './model-registry.ts';
import {LOCATION_ROUTE} from './names.ts';
import {chooseByTraffic} from './traffic.ts';
import type {DeployedModel, PredictRequest, PredictResponse} from './types.ts';

const predictRequest = z.strictObject({
  instances: z.array(z.unknown()),
  parameters: z.unknown().exactOptional(),
  labels: z.record(z.string(), z.string()).exactOptional(),
}) satisfies z.ZodType<PredictRequest>;

export interface PredictionApi {
  readonly endpoints: EndpointStore;
  readonly registry: ModelRegistry;
  readonly servers: DeployedServers;
  readonly project: Project;
}

/** `endpoints.predict` and `endpoints.rawPredict`, answered by the deployed models according to the traffic split. */
export function predictionRoutes(
  app: FastifyInstance,
  {endpoints, registry, servers, project}: PredictionApi,
) {
  const one = `${LOCATION_ROUTE}/endpoints/${segment('endpoint')}`;
  let requests = 0;

  const ask = async (path: EndpointPath, question: Question) => {
    assertSize(question);
    const name = endpointName(project, path);
    const {trafficSplit, deployedModels} = endpoints.find(name);
    requests += 1;
    const chosen = chooseByTraffic(trafficSplit ?? {}, requests);
    const deployed = deployedModels?.find(({id}) => id === chosen);
    if (deployed === undefined) {
      throw new ApiError(
        'FAILED_PRECONDITION',
        `The Endpoint "${name}" has no deployed model that gets traffic.`,
      );
    }
    const {predictUrl} = await servers.ready(name, deployed);
    const response = await askServer(predictUrl, question).catch((error: Error) => {
      // It died or hangs: the next request finds a fresh one.
      servers.stop(name, deployed.id ?? '');
      throw new ApiError('UNAVAILABLE', `The model server gave no answer: ${error.cause ?? error}`);
    });
    return {deployed, response};
  };

  app.post<{Params: EndpointPath}>(`${one}::predict`, async ({params, body}): Promise<PredictResponse> => {
    const {instances, parameters} = parseRequest(predictRequest, body);
    const payload = JSON.stringify({instances, parameters});
    const {deployed, response} = await ask(params, {contentType: 'application/json', body: payload});
    const predictions = predictionsOf(response.ok, await response.text());
    return {predictions, ...originOf(deployed, registry)};
  });

  app.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', {parseAs: 'buffer'}, async (_request: unknown, body: unknown) => body);
    raw.post<{Params: EndpointPath; Body: Buffer<ArrayBuffer>}>(
      `${one}::rawPredict`,
      async ({params, headers, body}, reply) => {
        const contentType = headers['content-type'] ?? 'application/octet-stream';
        const {response} = await ask(params, {contentType, body});
        return reply
          .code(response.status)
          .type(response.headers.get('content-type') ?? 'application/octet-stream')
          .send(Buffer.from(await response.arrayBuffer()));
      },
    );
  });
}

/** Which model answered. */
function originOf({id, model, modelVersionId}: DeployedModel, registry: ModelRegistry): PredictResponse {
  const {displayName} = registry.version(`${model}@${modelVersionId}`);
  return {
    deployedModelId: id ?? '',
    model: model ?? '',
    modelDisplayName: displayName ?? '',
    modelVersionId: modelVersionId ?? '',
  };
}
