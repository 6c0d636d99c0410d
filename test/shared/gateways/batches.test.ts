import {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {vertexBatchGateway} from '../../../shared/gateways/vertex-batch.ts';
import {batchesContract} from '../../contracts/batches.contract.ts';
import {PREDICTION_SERVER} from '../../local/support/prediction-server.ts';
import {ServiceCloud} from '../../local/support/service-cloud.ts';
import {memoryBatches} from '../../support/memory-batches.ts';
import {emptyWorld, memoryPorts} from '../../support/memory-ports.ts';
import {storageAndVertex} from '../../support/storage-and-vertex.ts';

batchesContract('a world in memory', async (instancesUri) => {
  const world = emptyWorld();
  const {models} = memoryPorts(world).platforms.vertex;
  const {name} = await models.upload({
    model: 'flowers',
    runId: 'r1',
    effectKey: 'r1-version',
    attempt: 1,
    artifactUri: 'gs://the-runs/r1/model/',
    server: {framework: 'scikit-learn', version: '1.6'},
    lineage: {labels: {}, description: ''},
  });
  return {
    batches: memoryBatches(world),
    version: name,
    async end({name: job}) {
      const begun = world.batches.get(job);
      if (begun === undefined) return;
      const rows = {predicted: 2, failed: 0};
      const resultsUri = `${instancesUri}.predictions/p`;
      world.batches.set(job, {...begun, job: {...begun.job, state: 'succeeded', rows, resultsUri}});
    },
    close: async () => {},
  };
});

batchesContract('the local Vertex AI', async (instancesUri) => {
  const cloud = await ServiceCloud.open(storageAndVertex, {'server:1': PREDICTION_SERVER});
  const {locations} = new aiplatform_v1.Aiplatform({rootUrl: `${cloud.address}/`}).projects;
  const parent = 'projects/demo/locations/us-central1';
  const model = {
    displayName: 'flowers',
    artifactUri: 'gs://the-runs/r1/model/',
    containerSpec: {imageUri: 'server:1'},
  };
  await locations.models.upload({parent, requestBody: {modelId: 'flowers', model}});
  const [, , bucket, ...name] = instancesUri.split('/');
  await fetch(`${cloud.address}/storage/v1/b?project=demo`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({name: bucket}),
  });
  const query = `uploadType=media&name=${encodeURIComponent(name.join('/'))}`;
  const upload = `${cloud.address}/upload/storage/v1/b/${bucket}/o?${query}`;
  await fetch(upload, {method: 'POST', body: '[1, 2]\n[3, 4]\n'});
  return {
    batches: vertexBatchGateway({parent, locations: async () => locations}),
    version: `${parent}/models/flowers@1`,
    end: async () => {},
    close: () => cloud.close(),
  };
});
