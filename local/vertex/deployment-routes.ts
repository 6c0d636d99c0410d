import type {FastifyInstance} from 'fastify';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {newId, type Project, segment} from '../names.ts';
import {displayName, ignoring, notOffered, parseRequest} from '../request.ts';
import type {Deployments} from './deployments.ts';
import {deployedIds, type EndpointStore} from './endpoint-store.ts';
import {type EndpointPath, endpointName} from './endpoints.ts';
import type {ModelRegistry} from './model-registry.ts';
import {canonicalName, LOCATION_ROUTE} from './names.ts';
import type {DeployedModel, DeployModelRequest, Model, UndeployModelRequest} from './types.ts';

const trafficSplit = z.record(z.string(), z.int()).exactOptional();

const newDeployedModel = ignoring(
  ['createTime', 'modelVersionId', 'privateEndpoints', 'status'],
  z.strictObject({
    id: z
      .string()
      .regex(/^[0-9]{1,10}$/)
      .exactOptional(),
    model: z.string().min(1),
    displayName: displayName.exactOptional(),
    serviceAccount: z.string().exactOptional(),
    disableContainerLogging: z.boolean().exactOptional(),
    enableAccessLogging: z.boolean().exactOptional(),
    dedicatedResources: z.strictObject(
      {
        machineSpec: z.strictObject({
          machineType: z.string().min(1),
          acceleratorType: z.string().exactOptional(),
          acceleratorCount: z.int().exactOptional(),
        }),
        minReplicaCount: z.int().min(1),
        maxReplicaCount: z.int().min(1).exactOptional(),
        spot: z.boolean().exactOptional(),
      },
      {error: 'a custom model is deployed on dedicated resources'},
    ),
    automaticResources: notOffered(),
    sharedResources: notOffered(),
  }),
) satisfies z.ZodType<DeployedModel>;

const deployRequest = z.strictObject({
  deployedModel: newDeployedModel,
  trafficSplit,
}) satisfies z.ZodType<DeployModelRequest>;

const undeployRequest = z.strictObject({
  deployedModelId: z.string().min(1),
  trafficSplit,
}) satisfies z.ZodType<UndeployModelRequest>;

export interface DeploymentApi {
  readonly endpoints: EndpointStore;
  readonly registry: ModelRegistry;
  readonly deployments: Deployments;
  readonly project: Project;
}

/** `endpoints.deployModel` and `endpoints.undeployModel`. */
export function deploymentRoutes(app: FastifyInstance, api: DeploymentApi) {
  const {endpoints, registry, deployments, project} = api;
  const one = `${LOCATION_ROUTE}/endpoints/${segment('endpoint')}`;

  app.post<{Params: EndpointPath}>(`${one}::deployModel`, async ({params, body}) => {
    const {name} = endpoints.find(endpointName(project, params));
    const {deployedModel, trafficSplit: split} = parseRequest(deployRequest, body);
    const model = registry.version(canonicalName(project, deployedModel.model ?? ''));
    return deployments.deploy({
      endpoint: name ?? '',
      deployedModel: asDeployed(deployedModel, model),
      ...(split && {trafficSplit: split}),
    });
  });
  app.post<{Params: EndpointPath}>(`${one}::undeployModel`, async ({params, body}) => {
    const endpoint = endpoints.find(endpointName(project, params));
    const {deployedModelId, trafficSplit: split} = parseRequest(undeployRequest, body);
    if (!deployedIds(endpoint).includes(deployedModelId)) {
      throw new ApiError('NOT_FOUND', `Deployed model ${deployedModelId} is not on "${endpoint.name}".`);
    }
    return deployments.undeploy(endpoint, deployedModelId, split);
  });
}

/** The request's model with its version settled and the names the service fills in. */
function asDeployed(
  deployedModel: DeployedModel,
  {name = '', displayName = '', versionId = ''}: Model,
): DeployedModel {
  return {id: newId().slice(0, 10), displayName, ...deployedModel, model: name, modelVersionId: versionId};
}
