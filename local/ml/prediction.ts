import type {FastifyInstance} from 'fastify';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {idOf, type Project, segment} from '../names.ts';
import {parseRequest} from '../request.ts';
import {askServer, assertSize, predictionsOf} from '../serving/ask-server.ts';
import {PROJECT_ROUTE, type ProjectPath, projectName} from './names.ts';
import type {Registry, StoredVersion} from './registry.ts';
import type {VersionServers} from './version-servers.ts';

const predictRequest = z.strictObject({
  instances: z.array(z.unknown()).min(1),
  signature_name: z.string().exactOptional(),
});

export interface PredictionApi {
  readonly registry: Registry;
  readonly servers: VersionServers;
  readonly project: Project;
}

interface ModelPath extends ProjectPath {
  readonly model: string;
}

interface VersionPath extends ModelPath {
  readonly version: string;
}

/** `projects.predict` of a version, or of a model, for which its default version answers. */
export function predictionRoutes(app: FastifyInstance, {registry, servers, project}: PredictionApi) {
  const models = `${PROJECT_ROUTE}/models`;
  const modelName = (path: ModelPath) => `${projectName(project, path)}/models/${path.model}`;

  app.post<{Params: ModelPath}>(`${models}/${segment('model')}::predict`, async ({params, body}) => {
    const {name, defaultVersion} = registry.model(modelName(params));
    if (defaultVersion === undefined) {
      throw new ApiError(
        'FAILED_PRECONDITION',
        `Field: name Error: The model ${idOf(name)} has no default version.`,
      );
    }
    return predict(registry.version(defaultVersion), servers, body);
  });
  app.post<{Params: VersionPath}>(
    `${models}/:model/versions/${segment('version')}::predict`,
    async ({params, body}) =>
      predict(registry.version(`${modelName(params)}/versions/${params.version}`), servers, body),
  );
}

/** What the model refuses is told in the body of a good answer, as `error`. */
async function predict(
  version: StoredVersion,
  servers: VersionServers,
  body: unknown,
): Promise<{predictions: unknown[]} | {error: string}> {
  const question = {
    contentType: 'application/json',
    body: JSON.stringify(parseRequest(predictRequest, body)),
  };
  assertSize(question);
  if (version.state !== 'READY')
    throw new ApiError('FAILED_PRECONDITION', `Field: name Error: The version is ${version.state}.`);
  const {predictUrl} = await servers.ready(version);
  const response = await askServer(predictUrl, question).catch((error: Error) => {
    // It died or hangs: the next request finds a fresh one.
    servers.stop(version.name);
    throw new ApiError('UNAVAILABLE', `The model server gave no answer: ${error.cause ?? error}`);
  });
  try {
    return {predictions: predictionsOf(response.ok, await response.text())};
  } catch (error) {
    if (error instanceof ApiError && error.status === 'FAILED_PRECONDITION') return {error: error.message};
    throw error;
  }
}
