import type {FastifyInstance} from 'fastify';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {type Project, segment} from '../names.ts';
import {parseRequest} from '../request.ts';
import type {EndpointStore} from './endpoint-store.ts';
import {type EndpointPath, endpointName} from './endpoints.ts';
import type {ModelRegistry} from './model-registry.ts';
import type {ModelServers} from './model-servers.ts';
import {LOCATION_ROUTE} from './names.ts';
import {chooseByTraffic} from './traffic.ts';
import type {DeployedModel, PredictRequest, PredictResponse} from './types.ts';

/** A public endpoint takes 1.5 MB per request and gives the server a minute. */
const MAX_REQUEST_BYTES = 1_500_000;
const ANSWER_TIMEOUT_MS = 60_000;

const predictRequest = z.strictObject({
  instances: z.array(z.unknown()),
  parameters: z.unknown().exactOptional(),
  labels: z.record(z.string(), z.string()).exactOptional(),
}) satisfies z.ZodType<PredictRequest>;

/** Source: https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements#response_requirements */
const containerAnswer = z.object({predictions: z.array(z.unknown())});

const containerError = z.object({error: z.union([z.string(), z.object({message: z.string()})])});

export interface PredictionApi {
  readonly endpoints: EndpointStore;
  readonly registry: ModelRegistry;
  readonly servers: ModelServers;
  readonly project: Project;
}

interface Question {
  readonly contentType: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** `endpoints.predict` and `endpoints.rawPredict`, answered by the deployed models according to the traffic split. */
export function predictionRoutes(
  app: FastifyInstance,
  {endpoints, registry, servers, project}: PredictionApi,
) {
  const one = `${LOCATION_ROUTE}/endpoints/${segment('endpoint')}`;
  let requests = 0;

  const ask = async (path: EndpointPath, question: Question) => {
    if (Buffer.byteLength(question.body) > MAX_REQUEST_BYTES) {
      throw new ApiError(
        'INVALID_ARGUMENT',
        `Request payload size exceeds the limit: ${MAX_REQUEST_BYTES} bytes.`,
      );
    }
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
    const {predictions} = predictionsOf(response.ok, await response.text());
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

async function askServer(url: string, {contentType, body}: Question): Promise<Response> {
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  return fetch(url, {method: 'POST', headers: {'content-type': contentType}, body, signal});
}

/**
 * The predictions in a container's answer.
 * @throws ApiError FAILED_PRECONDITION (400) with the container's own words when it refused, INTERNAL when it answered no predictions.
 */
function predictionsOf(ok: boolean, text: string): z.infer<typeof containerAnswer> {
  const answer = parseJson(text);
  if (!ok) throw new ApiError('FAILED_PRECONDITION', `Prediction failed: ${errorText(answer) ?? text}`);
  const {data} = containerAnswer.safeParse(answer);
  if (data !== undefined) return data;
  throw new ApiError(
    'INTERNAL',
    `Invalid response from prediction server - the response field predictions is missing. Response: ${text}`,
  );
}

function errorText(answer: unknown): string | undefined {
  const {data} = containerError.safeParse(answer);
  return typeof data?.error === 'string' ? data.error : data?.error.message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
