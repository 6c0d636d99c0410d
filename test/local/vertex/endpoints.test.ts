import assert from 'node:assert/strict';
import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {PREDICTION_SERVER} from '../support/prediction-server.ts';
import {refused} from '../support/service-cloud.ts';
import {NUMBERED, PARENT, VertexCloud} from './support/vertex-cloud.ts';

type Endpoint = aiplatform_v1.Schema$GoogleCloudAiplatformV1Endpoint;
type DeployedModel = aiplatform_v1.Schema$GoogleCloudAiplatformV1DeployedModel;
type Traffic = Record<string, number>;

const IMAGES = {
  'server:1': PREDICTION_SERVER,
  'dead:1': 'echo "no model.joblib in there" >&2; exit 1',
  'deaf:1': 'exec sleep 60',
  'sick:1': `HEALTH_STATUS=503; export HEALTH_STATUS; ${PREDICTION_SERVER}`,
};

describe('endpoints', () => {
  let cloud: VertexCloud;
  beforeEach(async () => {
    cloud = await VertexCloud.open(IMAGES);
  });
  afterEach(() => cloud.close());

  const NAME = `${PARENT}/endpoints/taxi`;
  const create = async (endpointId = 'taxi', requestBody: Endpoint = {displayName: 'taxi'}) => {
    const {data} = await cloud.api.endpoints.create({parent: PARENT, endpointId, requestBody});
    return cloud.done(data);
  };
  const get = async () => (await cloud.api.endpoints.get({name: NAME})).data;
  const patch = async (updateMask: string, requestBody: Endpoint) =>
    (await cloud.api.endpoints.patch({name: NAME, updateMask, requestBody})).data;
  const remove = () => cloud.api.endpoints.delete({name: NAME});
  const upload = async (imageUri: string, deploymentTimeout = '10s') => {
    const containerSpec = {imageUri, deploymentTimeout, env: [{name: 'NAME', value: imageUri}]};
    const model = {displayName: 'taxi', artifactUri: 'gs://runs/r1/model/', containerSpec};
    await cloud.api.models.upload({parent: PARENT, requestBody: {modelId: 'taxi', model}});
  };
  const deploy = async (deployed: DeployedModel, trafficSplit?: Traffic) => {
    const deployedModel = {
      model: `${PARENT}/models/taxi`,
      dedicatedResources: {machineSpec: {machineType: 'n1-standard-2'}, minReplicaCount: 1},
      ...deployed,
    };
    const requestBody = {deployedModel, ...(trafficSplit && {trafficSplit})};
    const {data} = await cloud.api.endpoints.deployModel({endpoint: NAME, requestBody});
    return cloud.done(data);
  };
  const undeploy = async (deployedModelId: string, trafficSplit?: Traffic) => {
    const requestBody = {deployedModelId, ...(trafficSplit && {trafficSplit})};
    const {data} = await cloud.api.endpoints.undeployModel({endpoint: NAME, requestBody});
    return cloud.done(data);
  };
  const predict = async (instances: unknown[], parameters?: unknown) => {
    const requestBody = {instances, ...(parameters !== undefined && {parameters})};
    return (await cloud.api.endpoints.predict({endpoint: NAME, requestBody})).data;
  };
  /** An endpoint whose model 17 gets all traffic. */
  const serving = async () => {
    await create();
    await upload('server:1');
    await deploy({id: '17'}, {'0': 100});
  };

  describe('as resources', () => {
    it('are created under a chosen id', async () => {
      const operation = await create();

      assert.equal(operation.response?.name, `${NUMBERED}/endpoints/taxi`);
      assert.equal((await get()).displayName, 'taxi');
    });

    it('are listed by name and label', async () => {
      await create('a', {displayName: 'a', labels: {team: 'x'}});
      await create('b', {displayName: 'b'});
      const {data} = await cloud.api.endpoints.list({parent: PARENT, filter: 'labels.team=x'});

      assert.deepEqual(
        data.endpoints?.map(({displayName}) => displayName),
        ['a'],
      );
    });

    it('change what the mask names, under their etag when it is sent', async () => {
      await create();
      const {etag} = await get();
      await patch('displayName', {displayName: 'new', description: 'not named', etag: etag ?? ''});

      const {displayName, description} = await get();
      assert.deepEqual({displayName, description}, {displayName: 'new', description: undefined});
      await refused(patch('displayName', {displayName: 'x', etag: etag ?? ''}), 409, /has changed since/);
    });

    it('are gone after delete', async () => {
      await create();
      await cloud.done((await remove()).data);

      await refused(get(), 404, /not found/);
    });

    it('are refused twice under one id, and under a bad id or without a name', async () => {
      await create();
      await refused(create(), 409, /already exists/);
      await refused(create('Taxi'), 400, /endpointId/);
      await refused(create('012'), 400, /endpointId/);
      await refused(create('other', {}), 400, /displayName/);
      await refused(create('other', {displayName: 'x', ...{speed: 1}}), 400, /Unknown name "speed"/);
    });
  });

  describe('with a deployed model', () => {
    it('have it once its server is healthy, with the traffic asked for', async () => {
      await create();
      await upload('server:1');
      const operation = await deploy({id: '17', displayName: 'r1'}, {'0': 100});

      assert.equal(operation.response?.deployedModel.id, '17');
      const {deployedModels, trafficSplit} = await get();
      assert.deepEqual(trafficSplit, {17: 100});
      assert.deepEqual(
        deployedModels?.map(({id, model, modelVersionId, displayName}) => [
          id,
          model,
          modelVersionId,
          displayName,
        ]),
        [['17', `${NUMBERED}/models/taxi`, '1', 'r1']],
      );
      const {data: model} = await cloud.api.models.get({name: `${PARENT}/models/taxi`});
      assert.deepEqual(model.deployedModels, [
        {endpoint: `${NUMBERED}/endpoints/taxi`, deployedModelId: '17'},
      ]);
    });

    it('answer predictions of the real server, and say which model spoke', async () => {
      await serving();

      assert.deepEqual(
        await predict(
          [
            [1, 2],
            [3, 4],
          ],
          {top: 1},
        ),
        {
          predictions: Array(2).fill(['gs://runs/r1/model/', 'http://127.0.0.1:9', 'server:1', {top: 1}]),
          deployedModelId: '17',
          model: `${NUMBERED}/models/taxi`,
          modelDisplayName: 'taxi',
          modelVersionId: '1',
        },
      );
    });

    it('pass raw predictions through as they are', async () => {
      await serving();
      const url = `${cloud.address}/v1/${NAME}:rawPredict`;
      const ask = (body: string) =>
        fetch(url, {method: 'POST', body, headers: {'content-type': 'text/plain'}});
      const good = await ask('{"instances": [1]}');
      const bad = await ask('bad');

      assert.equal(Object(await good.json()).predictions.length, 1);
      assert.deepEqual([bad.status, await bad.json()], [400, {error: 'expected 2 features'}]);
    });

    it('split the traffic between two models', async () => {
      await serving();
      await deploy({id: '18'}, {'0': 25, '17': 75});
      const asked = await Promise.all(Array.from({length: 40}, () => predict([1])));

      const canary = asked.filter(({deployedModelId}) => deployedModelId === '18').length;
      assert.ok(Math.abs(canary - 10) <= 2, `${canary} of 40`);
    });

    it('move traffic with a patch', async () => {
      await serving();
      await deploy({id: '18'});
      assert.deepEqual((await get()).trafficSplit, {17: 100});
      await patch('trafficSplit', {trafficSplit: {'18': 100}});

      assert.equal((await predict([1])).deployedModelId, '18');
      await refused(patch('trafficSplit', {trafficSplit: {'18': 99}}), 400, /add up to 100/);
      await refused(patch('trafficSplit', {trafficSplit: {'19': 100}}), 400, /not deployed/);
    });

    it('start the server again after a restart of the cloud', async () => {
      await serving();
      await cloud.restart();

      assert.equal((await predict([1])).deployedModelId, '17');
    });

    it('start the server again after it died', async () => {
      await serving();
      await refused(predict(['die']), 503, /no answer/);

      assert.equal((await predict([1])).deployedModelId, '17');
    });

    it('lose it, and its last traffic, by undeploy', async () => {
      await serving();
      await undeploy('17');

      assert.deepEqual([(await get()).deployedModels, (await get()).trafficSplit], [[], {}]);
    });

    it('are refused to undeploy it while it gets traffic and another one is there', async () => {
      await serving();
      await deploy({id: '18'}, {'0': 10, '17': 90});

      await refused(undeploy('17'), 400, /still gets traffic/);
      await undeploy('17', {'18': 100});
      assert.deepEqual((await get()).trafficSplit, {18: 100});
      await refused(undeploy('17'), 404, /17 is not on/);
    });

    it('keep endpoint, model and version from being deleted', async () => {
      await serving();
      const name = `${PARENT}/models/taxi`;

      await refused(remove(), 400, /has deployed models/);
      await refused(cloud.api.models.delete({name}), 400, /undeploy it first/);
      await refused(cloud.api.models.deleteVersion({name: `${name}@1`}), 400, /undeploy it first/);
    });
  });

  describe('without a server that works', () => {
    it('fail the deployment with the last words of a server that exits', async () => {
      await create();
      await upload('dead:1');
      const {error} = await deploy({id: '17'}, {'0': 100});

      assert.equal(error?.code, 9);
      assert.match(error?.message ?? '', /exited unexpectedly with status 1.\nno model.joblib in there/);
      assert.equal((await get()).deployedModels, undefined);
    });

    for (const image of ['deaf:1', 'sick:1']) {
      it(`fail the deployment of ${image}, which is not healthy in time`, async () => {
        await create();
        await upload(image, '0.3s');

        assert.match((await deploy({id: '17'})).error?.message ?? '', /not healthy within 0.3s/);
      });
    }

    it('take a deployment up again after a restart of the cloud', async () => {
      await create();
      await upload('deaf:1', '0.3s');
      const dedicatedResources = {machineSpec: {machineType: 'n1-standard-2'}, minReplicaCount: 1};
      const deployedModel = {id: '17', model: `${PARENT}/models/taxi`, dedicatedResources};
      const {data} = await cloud.api.endpoints.deployModel({endpoint: NAME, requestBody: {deployedModel}});
      await refused(deploy({id: '17'}), 409, /already exists/);
      await refused(remove(), 400, /has deployed models/);
      await cloud.restart();

      assert.match((await cloud.done(data)).error?.message ?? '', /not healthy/);
    });
  });

  it('are refused to deploy what makes no sense', async () => {
    await create();
    await upload('server:1');
    const machineSpec = {machineType: 'n1-standard-2'};

    await refused(deploy({model: `${PARENT}/models/none`}), 404, /not found/);
    await refused(deploy({model: `${PARENT}/models/taxi@champion`}), 404, /taxi@champion" is not found/);
    await refused(deploy({id: 'r1'}), 400, /deployedModel.id/);
    await refused(deploy({dedicatedResources: {machineSpec}}), 400, /minReplicaCount/);
    await refused(deploy({automaticResources: {}}), 400, /automaticResources/);
    await refused(deploy({id: '1'}, {'0': 50}), 400, /add up to 100/);
    await refused(deploy({id: '1'}, {'0': 50, '9': 50}), 400, /"9", which is not deployed/);
  });

  it('are refused to predict without traffic, without sense or beyond 1.5 MB', async () => {
    await create();
    await upload('server:1');
    await refused(predict([1]), 400, /no deployed model that gets traffic/);
    await deploy({id: '17'}, {'0': 100});

    await refused(predict(['bad']), 400, /Prediction failed: expected 2 features/);
    await refused(predict(['odd']), 500, /predictions is missing/);
    await refused(predict(['x'.repeat(1_500_000)]), 400, /exceeds the limit/);
    await refused(cloud.api.endpoints.predict({endpoint: NAME, requestBody: {}}), 400, /instances/);
  });
});
