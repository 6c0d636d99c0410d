import type {FastifyInstance} from 'fastify';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {newId, type Project, segment} from '../names.ts';
import {displayName, ignoring, labels, notOffered, parseRequest} from '../request.ts';
import {listPage} from '../resource-list.ts';
import {masked} from '../update-mask.ts';
import type {Deployments} from './deployments.ts';
import {deployedIds, type EndpointStore} from './endpoint-store.ts';
import {LOCATION_ROUTE, type LocationPath, locationName} from './names.ts';
import type {Operations} from './operations.ts';
import {checkTraffic} from './traffic.ts';
import type {Endpoint} from './types.ts';

/** Source: `CreateEndpointRequest.endpoint_id`. */
const ENDPOINT_ID = /^(?:[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?|[1-9][0-9]{0,8}|0)$/;

const OUTPUT_FIELDS = ['name', 'createTime', 'updateTime', 'deployedModels', 'modelDeploymentMonitoringJob'];

const endpointFields = {
  description: z.string().exactOptional(),
  labels: labels.exactOptional(),
  etag: z.string().exactOptional(),
};

const newEndpoint = ignoring(
  [...OUTPUT_FIELDS, 'etag'],
  z.strictObject({...endpointFields, displayName, trafficSplit: notOffered(), network: notOffered()}),
) satisfies z.ZodType<Endpoint>;

const endpointPatch = ignoring(
  OUTPUT_FIELDS,
  z.strictObject({
    ...endpointFields,
    displayName: displayName.exactOptional(),
    trafficSplit: z.record(z.string(), z.int()).exactOptional(),
  }),
) satisfies z.ZodType<Endpoint>;

const createQuery = z.object({endpointId: z.string().regex(ENDPOINT_ID).optional()});

export interface EndpointApi {
  readonly endpoints: EndpointStore;
  readonly deployments: Deployments;
  readonly operations: Operations;
  readonly project: Project;
}

export interface EndpointPath extends LocationPath {
  readonly endpoint: string;
}

/** create, get, list, patch and delete of endpoints. */
export function endpointRoutes(app: FastifyInstance, api: EndpointApi) {
  const {endpoints, deployments, operations, project} = api;
  const all = `${LOCATION_ROUTE}/endpoints`;
  const one = `${all}/${segment('endpoint')}`;

  app.post<{Params: LocationPath}>(all, async ({params, query, body}) => {
    const {endpointId = newId()} = parseRequest(createQuery, query);
    const fields = parseRequest(newEndpoint, body);
    const name = `${locationName(project, params)}/endpoints/${endpointId}`;
    if (endpoints.has(name)) throw new ApiError('ALREADY_EXISTS', `The Endpoint "${name}" already exists.`);
    const saved = endpoints.save({...fields, name, createTime: new Date().toISOString()});
    const types = {metadata: 'CreateEndpointOperationMetadata', response: 'Endpoint'} as const;
    return operations.completed(name, types, saved);
  });
  app.get<{Params: LocationPath}>(all, async ({params, query}) => {
    const location = `${locationName(project, params)}/`;
    const {items, ...rest} = listPage(
      endpoints.all().filter(({name}) => name?.startsWith(location)),
      query,
    );
    return {endpoints: items, ...rest};
  });
  app.get<{Params: EndpointPath}>(one, async ({params}) => endpoints.find(endpointName(project, params)));
  app.patch<{Params: EndpointPath}>(one, async ({params, query, body}) => {
    const endpoint = endpoints.find(endpointName(project, params));
    const patch = parseRequest(endpointPatch, body);
    if (patch.etag !== undefined && patch.etag !== endpoint.etag) {
      throw new ApiError('ABORTED', `The Endpoint "${endpoint.name}" has changed since etag ${patch.etag}.`);
    }
    const changes = masked(patch, query, ['displayName', 'description', 'labels', 'trafficSplit']);
    checkTraffic(changes.trafficSplit ?? {}, deployedIds(endpoint));
    return endpoints.save({...endpoint, ...changes});
  });
  app.delete<{Params: EndpointPath}>(one, async ({params}) => {
    const endpoint = endpoints.find(endpointName(project, params));
    const name = endpoint.name ?? '';
    if (deployedIds(endpoint).length > 0 || deployments.underWay(name).length > 0) {
      throw new ApiError(
        'FAILED_PRECONDITION',
        `The Endpoint "${name}" has deployed models; undeploy them first.`,
      );
    }
    endpoints.delete(name);
    const types = {metadata: 'DeleteOperationMetadata', response: 'Empty'} as const;
    return operations.completed(locationName(project, params), types, {});
  });
}

/** The stored name of the endpoint a path speaks of. */
export function endpointName(project: Project, path: EndpointPath): string {
  return `${locationName(project, path)}/endpoints/${path.endpoint}`;
}
