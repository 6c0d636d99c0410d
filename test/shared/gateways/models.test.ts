import {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';
import {mlV1} from '../../../local/ml/ml.ts';
import {vertex} from '../../../local/vertex/vertex.ts';
import {aiPlatformModelsGateway} from '../../../shared/gateways/ai-platform-models.ts';
import {vertexModelsGateway} from '../../../shared/gateways/vertex-models.ts';
import type {ModelServer} from '../../../shared/model-ports.ts';
import {modelsContract} from '../../contracts/models.contract.ts';
import {PREDICTION_SERVER} from '../../local/support/prediction-server.ts';
import {ServiceCloud} from '../../local/support/service-cloud.ts';
import {emptyWorld, memoryPorts} from '../../support/memory-ports.ts';

const SKLEARN: ModelServer = {framework: 'scikit-learn', version: '1.6'};
const IMAGES = {'us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-6:latest': PREDICTION_SERVER};

modelsContract('a world in memory', async () => ({
  models: memoryPorts(emptyWorld()).platforms.vertex.models,
  server: SKLEARN,
  machineType: 'n1-standard-2',
  close: async () => {},
}));

modelsContract('the local Vertex AI', async () => {
  const cloud = await ServiceCloud.open(vertex, IMAGES);
  const {locations} = new aiplatform_v1.Aiplatform({rootUrl: `${cloud.address}/`}).projects;
  const parent = 'projects/demo/locations/us-central1';
  return {
    models: vertexModelsGateway({parent, locations: async () => locations}),
    server: SKLEARN,
    machineType: 'n1-standard-2',
    close: () => cloud.close(),
  };
});

modelsContract('the local AI Platform', async () => {
  const cloud = await ServiceCloud.open(mlV1, IMAGES);
  const {projects} = new ml_v1.Ml({rootUrl: `${cloud.address}/`});
  const machineType = 'mls1-c1-m2';
  return {
    models: aiPlatformModelsGateway({parent: 'projects/demo', projects: async () => projects}),
    server: {...SKLEARN, runtime: {version: '3.0', python: '3.12', machineType}},
    machineType,
    close: () => cloud.close(),
  };
});
