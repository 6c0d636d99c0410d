import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import type {Endpoint, Models} from '../model-ports.ts';
import {ENDED_OR_GONE, SEND_ONCE} from './google-api.ts';
import {call, must} from './service-error.ts';
import {awaitOperation, type Vertex} from './vertex.ts';

type Schema$Endpoint = aiplatform_v1.Schema$GoogleCloudAiplatformV1Endpoint;

const NOT_FOUND = 404;
const CONFLICT = 409;

type EndpointPort = Pick<Models, 'endpoint' | 'deploy' | 'splitTraffic' | 'undeploy' | 'predict'>;

/** Vertex AI endpoints: where model versions answer. */
export function vertexEndpointsGateway(vertex: Vertex): EndpointPort {
  const {parent} = vertex;
  const endpoints = async () => (await vertex.locations()).endpoints;

  return {
    async endpoint(id) {
      const client = await endpoints();
      const name = `${parent}/endpoints/${id}`;
      const doing = `creating endpoint ${id}`;
      const found = await call(`reading endpoint ${id}`, () => client.get({name}), [NOT_FOUND]);
      if (found !== undefined) return endpointOf(name, found.data);
      const request = {parent, endpointId: id, requestBody: {displayName: id}};
      const started = await call(doing, () => client.create(request, SEND_ONCE), [CONFLICT]);
      if (started !== undefined) await awaitOperation(vertex, doing, started.data);
      const created = await must(`reading endpoint ${id}`, () => client.get({name}));
      return endpointOf(name, created.data);
    },
    async deploy(endpoint, {id, version, machineType}) {
      const client = await endpoints();
      const requestBody: aiplatform_v1.Schema$GoogleCloudAiplatformV1DeployModelRequest = {
        deployedModel: {
          id,
          model: version.name,
          displayName: `version-${version.version}`,
          dedicatedResources: {machineSpec: {machineType}, minReplicaCount: 1, maxReplicaCount: 1},
        },
        // Without a split the present one stays as it is; only a patch with an etag may change it.
      };
      const doing = `deploying ${version.name}`;
      const started = await must(doing, () => client.deployModel({endpoint, requestBody}, SEND_ONCE));
      await awaitOperation(vertex, doing, started.data);
    },
    async splitTraffic({name, deployed, etag}, percents) {
      const client = await endpoints();
      const trafficSplit = Object.fromEntries(deployed.map(({id}) => [id, percents[id] ?? 0]));
      await must(`moving the traffic of ${name}`, () =>
        client.patch({name, updateMask: 'trafficSplit', requestBody: {trafficSplit, etag}}),
      );
    },
    async undeploy(endpoint, deployedModelId) {
      const client = await endpoints();
      const doing = `undeploying ${deployedModelId}`;
      const started = await call(
        doing,
        () => client.undeployModel({endpoint, requestBody: {deployedModelId}}, SEND_ONCE),
        ENDED_OR_GONE,
      );
      if (started !== undefined) await awaitOperation(vertex, doing, started.data);
    },
    async predict(endpoint, instances) {
      const client = await endpoints();
      const name = `${parent}/endpoints/${endpoint}`;
      const answer = await must(`asking endpoint ${endpoint}`, () =>
        client.predict({endpoint: name, requestBody: {instances: [...instances]}}),
      );
      const {predictions, modelVersionId} = answer.data;
      return {predictions: predictions ?? [], version: modelVersionId ?? ''};
    },
  };
}

function endpointOf(name: string, {deployedModels, trafficSplit, etag}: Schema$Endpoint): Endpoint {
  const deployed = deployedModels?.map(({id, model, modelVersionId}) => ({
    id: id ?? '',
    model: model?.split('@')[0] ?? '',
    version: modelVersionId ?? '',
  }));
  return {name, deployed: deployed ?? [], traffic: trafficSplit ?? {}, etag: etag ?? ''};
}
