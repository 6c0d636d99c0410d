import assert from 'node:assert/strict';
import type {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';
import {PREDICTION_SERVER} from '../support/prediction-server.ts';
import {refused, type ServiceCloud} from '../support/service-cloud.ts';
import {clientOf, done, openMl, PARENT} from './support/ml-cloud.ts';

type Version = ml_v1.Schema$GoogleCloudMlV1__Version;

const PREBUILT = 'us-docker.pkg.dev/vertex-ai/prediction';

const IMAGES = {
  [`${PREBUILT}/sklearn-cpu.1-6:latest`]: PREDICTION_SERVER,
  [`${PREBUILT}/xgboost-cpu.2-1:latest`]: 'echo "no model.bst in there" >&2; exit 1',
};

const MODEL = `${PARENT}/models/taxi`;
const V1 = `${MODEL}/versions/v1`;
const V2 = `${MODEL}/versions/v2`;
const VERSION: Version = {
  deploymentUri: 'gs://runs/r1/train/model/',
  framework: 'SCIKIT_LEARN',
  runtimeVersion: '3.0',
  pythonVersion: '3.12',
};

describe('models and versions of AI Platform', () => {
  let cloud: ServiceCloud;
  beforeEach(async () => {
    cloud = await openMl(IMAGES);
    await clientOf(cloud).models.create({parent: PARENT, requestBody: {name: 'taxi', labels: {team: 'a'}}});
  });
  afterEach(() => cloud.close());

  const start = async (name: string, changes: Version = {}) => {
    const requestBody = {...VERSION, name, ...changes};
    return (await clientOf(cloud).models.versions.create({parent: MODEL, requestBody})).data;
  };
  const create = async (name: string, changes: Version = {}) => done(cloud, await start(name, changes));
  const model = async () => (await clientOf(cloud).models.get({name: MODEL})).data;
  const version = async (name: string) => (await clientOf(cloud).models.versions.get({name})).data;
  const scale = async (name: string, minNodes: number) => {
    const requestBody = {autoScaling: {minNodes}};
    const query = {name, updateMask: 'autoScaling.minNodes', requestBody};
    return done(cloud, (await clientOf(cloud).models.versions.patch(query)).data);
  };
  const ask = async (name: string, body: unknown = {instances: [[1, 2]]}) => {
    const answer = await fetch(`${cloud.address}/v1/${name}:predict`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify(body),
    });
    return {status: answer.status, body: (await answer.json()) as Record<string, unknown>};
  };

  it('are READY once their server has answered; the first version is the default', async () => {
    const operation = await start('v1', {labels: {run: 'r1'}});
    const creating = (await version(V1)).state;
    const created = await done(cloud, operation);
    await create('v2');

    assert.match(operation.name ?? '', /^projects\/demo\/operations\/create_taxi_v1-\d+$/);
    assert.deepEqual([operation.done, creating], [undefined, 'CREATING']);
    assert.equal(created.metadata?.operationType, 'CREATE_VERSION');
    assert.equal(created.response?.name, V1);
    const {state, isDefault, labels, machineType} = await version(V1);
    assert.deepEqual([state, isDefault, labels, machineType], ['READY', true, {run: 'r1'}, 'mls1-c1-m2']);
    assert.equal((await version(V2)).isDefault, undefined);
    const {defaultVersion, regions} = await model();
    assert.deepEqual([defaultVersion?.name, regions], [V1, ['us-central1']]);
  });

  it('answer for themselves, and the default one for the model', async () => {
    await create('v1');
    await create('v2', {deploymentUri: 'gs://runs/r2/train/model/'});
    const artifact = async (name: string) => {
      const {body} = await ask(name);
      return (body.predictions as unknown[][])[0]?.[0];
    };

    assert.equal(await artifact(V2), 'gs://runs/r2/train/model/');
    assert.equal(await artifact(MODEL), 'gs://runs/r1/train/model/');

    await clientOf(cloud).models.versions.setDefault({name: V2, requestBody: {}});

    assert.equal(await artifact(MODEL), 'gs://runs/r2/train/model/');
  });

  it('tell in a good answer that they refuse an instance', async () => {
    await create('v1');

    const {status, body} = await ask(V1, {instances: ['bad']});

    assert.deepEqual([status, body], [200, {error: 'Prediction failed: expected 2 features'}]);
  });

  it('answer again after their server died, after a restart, and when they keep no node', async () => {
    await create('v1');
    assert.equal((await ask(V1, {instances: ['die']})).status, 503);
    assert.equal((await ask(V1)).status, 200);

    await cloud.restart();
    assert.equal((await ask(V1)).status, 200);

    await scale(V1, 1);
    await scale(V1, 0);
    assert.equal((await version(V1)).autoScaling?.minNodes, 0);
    assert.equal((await ask(V1)).status, 200);
  });

  it('give the default away by a patch with the etag that was read', async () => {
    await create('v1');
    await create('v2');
    const {etag} = await model();
    // gcloud reads it as bytes, and crashes over anything but base64.
    assert.match(etag ?? '', /^[A-Za-z0-9+/]{4,}={0,2}$/);
    assert.equal((etag?.length ?? 0) % 4, 0);
    const patch = (name: string) =>
      clientOf(cloud).models.patch({
        name: MODEL,
        updateMask: 'default_version.name',
        requestBody: {defaultVersion: {name}, ...(etag && {etag})},
      });

    const {data} = await patch('v2');

    assert.equal(data.done, true);
    assert.equal((await model()).defaultVersion?.name, V2);
    await refused(patch('v1'), 409, /has changed since etag/);
    assert.equal((await model()).defaultVersion?.name, V2);
  });

  it('that no server can load are FAILED with its last words, and are not the default', async () => {
    const {error} = await create('v1', {framework: 'XGBOOST'});

    assert.match(error?.message ?? '', /exited unexpectedly with status 1\.\nno model\.bst in there/);
    const {state, errorMessage} = await version(V1);
    assert.deepEqual([state, errorMessage], ['FAILED', error?.message]);
    assert.equal((await model()).defaultVersion, undefined);
    assert.equal((await ask(V1)).status, 400);
    assert.equal((await ask(MODEL)).status, 400);
    await refused(clientOf(cloud).models.versions.setDefault({name: V1, requestBody: {}}), 400, /is FAILED/);
  });

  it('are made ready after a restart', async () => {
    const operation = await start('v1');

    await cloud.restart();

    assert.equal((await done(cloud, operation)).error, undefined);
    assert.equal((await version(V1)).state, 'READY');
  });

  it('are listed by label', async () => {
    await create('v1', {labels: {run: 'r1'}});
    await create('v2', {labels: {run: 'r2'}});
    const {models} = clientOf(cloud);

    const {data} = await models.versions.list({parent: MODEL, filter: 'labels.run="r2"'});
    assert.deepEqual(
      data.versions?.map(({name}) => name),
      [V2],
    );
    const all = await models.list({parent: PARENT, filter: 'labels.team:*'});
    assert.deepEqual(
      all.data.models?.map(({name}) => name),
      [MODEL],
    );
    await refused(models.list({parent: PARENT, filter: 'name=taxi'}), 400, /does not support/);
  });

  it('are gone after delete; the default version goes last, and a model after its versions', async () => {
    await create('v1');
    await create('v2');
    const {models} = clientOf(cloud);

    await refused(models.versions.delete({name: V1}), 400, /is the default version/);
    await refused(models.delete({name: MODEL}), 400, /with versions/);
    for (const name of [V2, V1]) assert.equal((await models.versions.delete({name})).data.done, true);
    assert.equal((await model()).defaultVersion, undefined);
    await models.delete({name: MODEL});

    await refused(models.get({name: MODEL}), 404, /was not found/);
    await refused(models.versions.get({name: V1}), 404, /was not found/);
    await refused(clientOf(cloud).operations.get({name: `${PARENT}/operations/x`}), 404, /not found/);
  });

  it('are refused twice under one name', async () => {
    await create('v1');

    await refused(start('v1'), 409, /version with the same name/);
    await refused(
      clientOf(cloud).models.create({parent: PARENT, requestBody: {name: 'taxi'}}),
      409,
      /model with the same name/,
    );
  });

  it('are refused with what cannot be, and change nothing', async () => {
    await refused(start('v-1'), 400, /start with a letter/);
    await refused(
      start('v1', {runtimeVersion: '1.15', pythonVersion: '3.7'}),
      400,
      /1\.15 .* is not supported; there is 3\.0/,
    );
    await refused(start('v1', {framework: 'TENSORFLOW'}), 400, /not supported/);
    await refused(start('v1', {machineType: 'big'}), 400, /no machine type/);
    await refused(start('v1', {machineType: 'n1-standard-2', autoScaling: {minNodes: 0}}), 400, /at least 1/);
    await refused(start('v1', {autoScaling: {minNodes: 1}, manualScaling: {nodes: 1}}), 400, /not both/);
    await refused(start('v1', {packageUris: ['gs://b/p.tar.gz']}), 400, /does not offer this field/);
    await refused(start('v1', {deploymentUri: '/tmp/model'}), 400, /gs:\/\/ URI/);
    await refused(
      clientOf(cloud).models.create({parent: PARENT, requestBody: {name: 'two', regions: ['a', 'b']}}),
      400,
      /Only one region/,
    );

    assert.equal((await clientOf(cloud).models.versions.list({parent: MODEL})).data.versions?.length, 0);
  });

  it('are refused a change that the service does not know', async () => {
    await create('v1', {machineType: 'n1-standard-2'});
    const patch = (updateMask: string, requestBody: Version) =>
      clientOf(cloud).models.versions.patch({name: V1, updateMask, requestBody});

    await refused(patch('labels', {}), 400, /can be updated/);
    await refused(patch('autoScaling.minNodes', {autoScaling: {minNodes: 0}}), 400, /at least 1/);
    await refused(patch('description', {description: 'x', etag: 'old'}), 409, /has changed since etag/);
    await refused(
      clientOf(cloud).models.patch({name: MODEL, updateMask: 'labels', requestBody: {}}),
      400,
      /can be updated/,
    );
  });
});
