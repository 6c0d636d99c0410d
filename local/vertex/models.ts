import type {FastifyInstance} from 'fastify';
import {ApiError} from '../api-error.ts';
import {newId, type Project, segment} from '../names.ts';
import {parseRequest} from '../request.ts';
import {listPage} from '../resource-list.ts';
import type {ServingImages} from '../serving/prebuilt.ts';
import {masked} from '../update-mask.ts';
import type {EndpointStore} from './endpoint-store.ts';
import type {ModelRegistry} from './model-registry.ts';
import {mergeAliasesRequest, modelPatch, uploadRequest} from './model-spec.ts';
import {
  findVersion,
  type RegisteredModel,
  withAliases,
  withoutVersion,
  withVersion,
} from './model-versions.ts';
import {canonicalName, LOCATION_ROUTE, type LocationPath, locationName} from './names.ts';
import type {Operations} from './operations.ts';
import type {
  DeployedModelRef,
  Endpoint,
  Model,
  Operation,
  UploadModelRequest,
  UploadModelResponse,
} from './types.ts';

const DELETED = {metadata: 'DeleteOperationMetadata', response: 'Empty'} as const;

export interface ModelApi {
  readonly registry: ModelRegistry;
  readonly images: ServingImages;
  readonly endpoints: EndpointStore;
  readonly operations: Operations;
  readonly project: Project;
}

interface ModelPath extends LocationPath {
  /** `M`, `M@3` or `M@alias` */
  readonly model: string;
}

/** The model registry: upload, get, list, patch, delete, and versions with their aliases. */
export function modelRoutes(app: FastifyInstance, api: ModelApi) {
  const {registry, endpoints, operations, project} = api;
  const all = `${LOCATION_ROUTE}/models`;
  const one = `${all}/${segment('model')}`;
  const nameOf = (path: ModelPath) => `${locationName(project, path)}/models/${path.model}`;
  const shown = (version: Model): Model => ({
    ...version,
    deployedModels: deploymentsOf(version, endpoints.all()),
  });

  app.post<{Params: LocationPath}>(`${all}::upload`, async ({params, body}) => {
    return upload(api, locationName(project, params), parseRequest(uploadRequest, body));
  });
  app.get<{Params: LocationPath}>(all, async ({params, query}) => {
    const models = registry.list(locationName(project, params)).map((model) => shown(findVersion(model)));
    const {items, ...rest} = listPage(models, query);
    return {models: items, ...rest};
  });
  app.get<{Params: ModelPath}>(one, async ({params}) => shown(registry.version(nameOf(params))));
  app.get<{Params: ModelPath}>(`${one}::listVersions`, async ({params, query}) => {
    const versions = registry
      .find(nameOf(params))
      .versions.map((version) => shown(withVersionInName(version)));
    const {items, ...rest} = listPage(versions, query);
    return {models: items, ...rest};
  });
  app.post<{Params: ModelPath}>(`${one}::mergeVersionAliases`, async ({params, body}) => {
    const {versionAliases} = parseRequest(mergeAliasesRequest, body);
    const {registered, version} = namedVersion(registry, nameOf(params));
    registry.save(withAliases(registered, version.versionId ?? '', versionAliases));
    return shown(registry.version(nameOf(params)));
  });
  app.patch<{Params: ModelPath}>(one, async ({params, query, body}) => {
    const version = registry.version(nameOf(params));
    const changes = masked(parseRequest(modelPatch, body), query, [
      'displayName',
      'description',
      'labels',
      'versionDescription',
    ]);
    const now = new Date().toISOString();
    const changed = {...version, ...changes, updateTime: now, versionUpdateTime: now};
    const registered = registry.find(version.name ?? '');
    const versions = registered.versions.map((other) => (other === version ? changed : other));
    registry.save({...registered, versions});
    return shown(changed);
  });
  app.delete<{Params: ModelPath}>(one, async ({params}) => {
    const {name, versions} = registry.find(nameOf(params));
    for (const version of versions) refuseDeployed(shown(version));
    registry.delete(name);
    return operations.completed(locationName(project, params), DELETED, {});
  });
  app.delete<{Params: ModelPath}>(`${one}::deleteVersion`, async ({params}) => {
    const {registered, version} = namedVersion(registry, nameOf(params));
    refuseDeployed(shown(version));
    registry.save(withoutVersion(registered, version.versionId ?? ''));
    return operations.completed(registered.name, DELETED, {});
  });
}

/** A new model, or a new version of `parentModel`. An image that can not be had fails the operation, not the request. */
function upload(
  {registry, images, operations, project}: ModelApi,
  location: string,
  {modelId, parentModel, model = {}}: UploadModelRequest,
): Operation {
  const registered = parentModel
    ? registry.find(canonicalName(project, parentModel))
    : newModel(registry, `${location}/models/${modelId ?? newId()}`);
  const types = {metadata: 'UploadModelOperationMetadata', response: 'UploadModelResponse'} as const;
  try {
    images.check(model.containerSpec?.imageUri ?? '');
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const operation = operations.begin(registered.name, types);
    operations.fail(operation.name ?? '', error);
    return operation;
  }
  const grown = withVersion(registered, model, new Date().toISOString());
  registry.save(grown);
  const response: UploadModelResponse = {
    model: grown.name,
    modelVersionId: grown.versions.at(-1)?.versionId ?? '',
  };
  return operations.completed(grown.name, types, response);
}

function newModel(registry: ModelRegistry, name: string): RegisteredModel {
  if (registry.has(name)) throw new ApiError('ALREADY_EXISTS', `The Model "${name}" already exists.`);
  return {name, nextVersion: 1, versions: []};
}

/** A version whose id is part of the name, as the methods that change versions demand. */
function namedVersion(registry: ModelRegistry, name: string) {
  const [model = '', versionId = ''] = name.split('@');
  if (!/^\d+$/.test(versionId)) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      `The name "${name}" must include a version id, e.g. "${model}@1".`,
    );
  }
  const registered = registry.find(model);
  return {registered, version: findVersion(registered, versionId)};
}

/** `models.listVersions` answers names with the version id in them. */
function withVersionInName(version: Model): Model {
  return {...version, name: `${version.name}@${version.versionId}`};
}

function deploymentsOf({name, versionId}: Model, endpoints: Iterable<Endpoint>): DeployedModelRef[] {
  const model = name?.split('@')[0];
  return [...endpoints].flatMap((endpoint) =>
    (endpoint.deployedModels ?? [])
      .filter((deployed) => deployed.model === model && deployed.modelVersionId === versionId)
      .map(({id}) => ({endpoint: endpoint.name ?? '', deployedModelId: id ?? ''})),
  );
}

function refuseDeployed({name, versionId, deployedModels}: Model): void {
  if (!deployedModels?.length) return;
  throw new ApiError(
    'FAILED_PRECONDITION',
    `The Model "${name}@${versionId}" is deployed to "${deployedModels[0]?.endpoint}"; undeploy it first.`,
  );
}
