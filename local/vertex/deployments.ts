import {ApiError} from '../api-error.ts';
import type {State} from '../state.ts';
import type {DeployedServers} from './deployed-servers.ts';
import {deployedIds, type EndpointStore} from './endpoint-store.ts';
import type {Operations} from './operations.ts';
import {checkTraffic, type TrafficSplit} from './traffic.ts';
import type {DeployedModel, Endpoint, Operation} from './types.ts';

/** A model on its way to an endpoint; kept, so that a restart takes it up again. */
interface Deployment {
  readonly operation: string;
  readonly endpoint: string;
  readonly deployedModel: DeployedModel;
  /** The endpoint's split once the model is up, the model itself under `0`; undefined leaves the split alone. */
  readonly trafficSplit?: TrafficSplit;
}

export interface Deployments {
  /** The deployments an endpoint still waits for. */
  underWay(endpoint: string): Deployment[];
  /**
   * Starts the model's server; the operation is done once it is healthy, and only then the endpoint has the model.
   * @throws ApiError ALREADY_EXISTS when the deployed model's id is taken.
   */
  deploy(request: Omit<Deployment, 'operation'>): Operation;
  /**
   * Takes a model off its endpoint and ends its server.
   * @throws ApiError FAILED_PRECONDITION while it gets traffic, unless it is the last one.
   */
  undeploy(endpoint: Endpoint, deployedModelId: string, trafficSplit?: TrafficSplit): Operation;
  resume(): void;
  close(): void;
}

export interface DeploymentHost {
  readonly state: State;
  readonly endpoints: EndpointStore;
  readonly servers: DeployedServers;
  readonly operations: Operations;
}

/** Puts models on endpoints and takes them off. */
export function openDeployments({state, endpoints, servers, operations}: DeploymentHost): Deployments {
  const pending = state.collection<Deployment>('vertex.deployments');
  let isClosing = false;

  const underWay = (endpoint: string) => [...pending.values()].filter((other) => other.endpoint === endpoint);

  async function start(deployment: Deployment): Promise<void> {
    const {operation, endpoint, deployedModel} = deployment;
    try {
      await servers.ready(endpoint, deployedModel);
      if (!isClosing) state.atomically(() => finish(deployment));
    } catch (error) {
      if (isClosing) return;
      servers.stop(endpoint, deployedModel.id ?? '');
      pending.delete(operation);
      operations.fail(operation, error instanceof ApiError ? error : new ApiError('INTERNAL', String(error)));
    }
  }

  function finish({operation, endpoint: name, deployedModel, trafficSplit}: Deployment): void {
    const endpoint = endpoints.find(name);
    const id = deployedModel.id ?? '';
    const deployed = {...deployedModel, createTime: new Date().toISOString()};
    const deployedModels = [...(endpoint.deployedModels ?? []), deployed];
    const split = trafficSplit ? withIdForZero(trafficSplit, id) : (endpoint.trafficSplit ?? {});
    checkTraffic(split, [...deployedIds(endpoint), id]);
    endpoints.save({...endpoint, deployedModels, trafficSplit: split});
    pending.delete(operation);
    operations.succeed(operation, {deployedModel: deployed});
  }

  return {
    underWay,
    deploy(request) {
      const {endpoint: name, deployedModel, trafficSplit} = request;
      const ids = deployedIds(endpoints.find(name));
      const taken = [...ids, ...underWay(name).map((other) => other.deployedModel.id)];
      if (taken.includes(deployedModel.id)) {
        throw new ApiError(
          'ALREADY_EXISTS',
          `Deployed model ${deployedModel.id} already exists on "${name}".`,
        );
      }
      checkTraffic(trafficSplit ?? {}, [...ids, '0']);
      const types = {metadata: 'DeployModelOperationMetadata', response: 'DeployModelResponse'} as const;
      const operation = operations.begin(name, types);
      const deployment = {...request, operation: operation.name ?? ''};
      pending.set(deployment.operation, deployment);
      start(deployment);
      return operation;
    },
    undeploy(endpoint, deployedModelId, trafficSplit = endpoint.trafficSplit ?? {}) {
      const remaining = (endpoint.deployedModels ?? []).filter(({id}) => id !== deployedModelId);
      const split = remaining.length === 0 ? {} : trafficSplit;
      if (split[deployedModelId]) {
        throw new ApiError('FAILED_PRECONDITION', `Deployed model ${deployedModelId} still gets traffic.`);
      }
      const {[deployedModelId]: _, ...rest} = split;
      checkTraffic(
        rest,
        remaining.map(({id}) => id ?? ''),
      );
      endpoints.save({...endpoint, deployedModels: remaining, trafficSplit: rest});
      servers.stop(endpoint.name ?? '', deployedModelId);
      const types = {metadata: 'UndeployModelOperationMetadata', response: 'UndeployModelResponse'} as const;
      return operations.completed(endpoint.name ?? '', types, {});
    },
    resume() {
      for (const deployment of [...pending.values()]) start(deployment);
    },
    close() {
      isClosing = true;
    },
  };
}

/** In a request `0` stands for the model that is just being deployed. */
function withIdForZero({0: own, ...others}: TrafficSplit, id: string): TrafficSplit {
  return own === undefined ? others : {...others, [id]: own};
}
