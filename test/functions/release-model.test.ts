import assert from 'node:assert/strict';
import pino from 'pino';
import {releaseModel} from '../../functions/release-model.ts';
import {deployedModelIdOf} from '../../shared/domain/ids.ts';
import {versionReleased} from '../../shared/domain/notifications.ts';
import {PermanentError, RetryableError} from '../../shared/errors.ts';
import {handle} from '../../shared/handle.ts';
import type {Models} from '../../shared/model-ports.ts';
import type {Runs} from '../../shared/ports.ts';
import {challenged, traffic} from '../support/challenger.ts';
import {published} from '../support/events.ts';
import {BUCKETS, memoryPorts, PLACE, type World} from '../support/memory-ports.ts';
import {onPlatform} from '../support/on-platform.ts';
import {settled} from '../support/services.ts';
import {deliver, dies, erase, exportModel, played, runOf} from '../support/story.ts';

const stage = erase(releaseModel);
const silent = pino({level: 'silent'});

/** Delivers to the stage while the model server answers in this way. */
function deliverWhile(predict: Models['predict'], world: World, runId: string): Promise<void> {
  const ports = onPlatform(memoryPorts(world), {models: {predict}});
  return handle(stage, ports, silent)(published('model-exported', {runId}));
}

const noAnswer = async () => ({predictions: [], version: '2'});

describe('release-model', () => {
  it('uploads, deploys and crowns a first version and tells the world', async () => {
    const {world, runId} = await played(6);

    await deliver(stage, published('model-exported', {runId}), world);

    const run = runOf(world, runId);
    const release = {
      sentence: 'first version: accuracy 0.9 on 6 test rows',
      model: 'flowers',
      version: '1',
      endpoint: 'flowers',
    };
    assert.equal(run.state, 'released');
    const minimum = [{metric: 'accuracy', least: 0.5, found: 0.9}];
    const numbers = {rows: 6, metric: 'accuracy', challenger: 0.9, minimum};
    const decision = {released: true, reason: 'first-version', numbers};
    assert.deepEqual(run.release, {...release, decision});
    assert.equal(world.versions.get('flowers@1')?.artifactUri, run.training?.modelDir);
    assert.deepEqual([...world.champions], [['flowers', '1']]);
    assert.deepEqual(traffic(world), {[deployedModelIdOf(runId)]: 100});
    assert.deepEqual(world.outbox, [versionReleased(run, PLACE)]);
  });

  it('goes on when another delivery deploys the version at the same moment', async () => {
    const {world, runId} = await played(6);
    const ports = memoryPorts(world);
    const {models} = ports.platforms.vertex;
    const deploy: Models['deploy'] = async (...asked) => {
      await models.deploy(...asked);
      return models.deploy(...asked);
    };

    await handle(stage, onPlatform(ports, {models: {deploy}}), silent)(published('model-exported', {runId}));

    assert.equal(runOf(world, runId).state, 'released');
    assert.deepEqual(traffic(world), {[deployedModelIdOf(runId)]: 100});
  });

  it('moves no traffic when it slept while another run was released', async () => {
    const {world, runId, earlier} = await challenged();
    const ports = memoryPorts(world);
    const {models} = ports.platforms.vertex;
    const find: Runs['find'] = async (id) => {
      const run = await ports.runs.find(id);
      const endpoint = await models.endpoint('flowers');
      if (endpoint.deployed.length > 1) await models.splitTraffic(endpoint, {[earlier]: 100});
      return run;
    };

    await assert
      .rejects(
        handle(stage, {...ports, runs: {...ports.runs, find}}, silent)(published('model-exported', {runId})),
      )
      .catch(() => {});

    assert.equal(runOf(world, runId).state, 'releasing');
    assert.equal(traffic(world)?.[earlier], 100);
  });

  it('fails the run when its version cannot be deployed', async () => {
    const {world, runId} = await played(6);
    const ports = memoryPorts(world);
    const deploy = () => Promise.reject(new PermanentError('SERVICE_REFUSED', 'no such machine type'));

    await handle(stage, onPlatform(ports, {models: {deploy}}), silent)(published('model-exported', {runId}));

    assert.equal(runOf(world, runId).failure?.code, 'SERVICE_REFUSED');
  });

  it('gives a better version all the traffic and takes the earlier one down', async () => {
    const {world, runId} = await challenged();

    await deliver(stage, published('model-exported', {runId}), world);

    const id = deployedModelIdOf(runId);
    assert.equal(runOf(world, runId).state, 'released');
    assert.deepEqual(traffic(world), {[id]: 100});
    assert.deepEqual(world.endpoints.get('flowers')?.deployed, [{id, model: 'flowers', version: '2'}]);
    assert.equal(world.champions.get('flowers'), '2');
  });

  it('asks the new version about five held-back rows without their labels before it gets traffic', async () => {
    const {world, runId, earlier} = await challenged();
    const asked: unknown[][] = [];
    const predict: Models['predict'] = async (endpoint, instances) => {
      assert.equal(endpoint, 'flowers-check');
      assert.deepEqual(traffic(world), {[earlier]: 100});
      asked.push([...instances]);
      return {predictions: instances.map(() => 'iris'), version: '2'};
    };

    await deliverWhile(predict, world, runId);

    const test = world.objects.get(`${BUCKETS.runs}/flowers/${runId}/split/test.csv`)?.bytes.toString();
    const rows = test?.trimEnd().split('\n').slice(1, 6) ?? [];
    assert.equal(rows.length, 5);
    assert.deepEqual(asked, [rows.map((row) => row.split(',').slice(0, 2).map(Number))]);
    assert.deepEqual(world.endpoints.get('flowers-check')?.deployed, []);
  });

  it('carries out a decision once made, whatever the evaluation says later', async () => {
    const {world, runId} = await played(6);
    dies(world, (effect) => effect === 'deploy to flowers');
    await assert.rejects(deliver(stage, published('model-exported', {runId}), world), /crash/);
    world.beforeEffect = () => {};
    exportModel(world, runId, {metrics: {accuracy: 0}});

    await deliver(stage, published('model-exported', {runId}), world);

    assert.equal(runOf(world, runId).state, 'released');
    assert.match(runOf(world, runId).release?.sentence ?? '', /accuracy 0\.9/);
  });

  it('does nothing for a run that is not trained or has ended', async () => {
    for (const state of ['training', 'released', 'rejected', 'failed'] as const) {
      const {world, runId} = await played(6);
      world.runs.set(runId, {...runOf(world, runId), state});

      await deliver(stage, published('model-exported', {runId}), world);

      assert.equal(runOf(world, runId).state, state);
      assert.equal(world.versions.size, 0);
    }
  });

  const refusals: Readonly<Record<string, readonly [Models['predict'], RegExp]>> = {
    'does not answer every row': [noAnswer, /^the model answered 0 predictions for 5 test rows$/],
    'refuses the rows': [
      () => Promise.reject(new PermanentError('SERVICE_REFUSED', '3 features expected')),
      /^the model refused test rows: 3 features expected$/,
    ],
  };
  for (const [title, [predict, message]] of Object.entries(refusals)) {
    it(`gives no traffic and fails the run when the new version ${title}`, async () => {
      const {world, runId, earlier} = await challenged();

      await deliverWhile(predict, world, runId);

      const {code, message: said, where, hint} = runOf(world, runId).failure ?? {};
      assert.equal(code, 'SMOKE_TEST');
      assert.match(said ?? '', message);
      assert.equal(where, 'endpoint flowers-check');
      assert.match(hint ?? '', /then rerun/);
      assert.deepEqual(traffic(world), {[earlier]: 100});
      assert.deepEqual(world.endpoints.get('flowers-check')?.deployed, []);
      assert.equal(world.champions.get('flowers'), '1');
    });
  }

  it('gives no traffic while the new version is not ready, and releases it when it is', async () => {
    const {world, runId, earlier} = await challenged();

    await deliverWhile(() => Promise.reject(new RetryableError('503')), world, runId);
    assert.deepEqual(traffic(world), {[earlier]: 100});
    assert.equal(runOf(world, runId).state, 'releasing');

    await deliver(stage, published('model-exported', {runId}), world);
    assert.deepEqual(traffic(world), {[deployedModelIdOf(runId)]: 100});
  });

  it('asks nothing again once the version is where it will answer', async () => {
    const {world, runId} = await challenged();
    dies(world, (effect) => effect === 'split traffic of flowers');
    await assert.rejects(deliver(stage, published('model-exported', {runId}), world), /crash/);
    world.beforeEffect = () => {};

    await deliverWhile(noAnswer, world, runId);

    assert.equal(runOf(world, runId).state, 'released');
  });

  it('takes back what a delivery has put up that slept through the end of the run and died', async () => {
    for (const state of ['released', 'failed'] as const) {
      const {world, runId} = await challenged();
      await deliver(stage, published('model-exported', {runId}), world);
      const {models} = memoryPorts(world).platforms.vertex;
      const version = world.versions.get('flowers@2')!;
      world.runs.set(runId, {...runOf(world, runId), state});
      const late = {id: deployedModelIdOf(runId), version, machineType: 'n1-standard-2'};
      await models.deploy('flowers-check', late);

      await deliver(stage, published('model-exported', {runId}), world);

      assert.deepEqual(world.endpoints.get('flowers-check')?.deployed, []);
      assert.deepEqual(traffic(world), state === 'released' ? {[late.id]: 100} : {});
    }
  });

  it('leaves a later release alone when its own run has long been released', async () => {
    const {world, runId, earlier} = await challenged();
    const {models} = memoryPorts(world).platforms.vertex;
    const [first] = [...world.runs.values()].filter(({state}) => state === 'released');
    dies(world, (effect) => effect === 'split traffic of flowers');
    await assert.rejects(deliver(stage, published('model-exported', {runId}), world), /crash/);
    world.beforeEffect = () => {};

    await deliver(stage, published('model-exported', {runId: first?.id}), world);

    const {deployed} = await models.endpoint('flowers');
    assert.deepEqual(
      deployed.map(({id}) => id),
      [earlier, deployedModelIdOf(runId)],
    );
  });

  it('blames no model for an endpoint that another delivery has emptied', async () => {
    const {world, runId} = await challenged();
    const {models} = memoryPorts(world).platforms.vertex;
    const late: Models['predict'] = async (name, instances) => {
      await models.undeploy(name, deployedModelIdOf(runId));
      return models.predict(name, instances);
    };

    await assert.rejects(deliverWhile(late, world, runId), {name: 'NotYetError'});

    assert.equal(runOf(world, runId).state, 'releasing');
    await deliver(stage, published('model-exported', {runId}), world);
    assert.equal(runOf(world, runId).state, 'released');
  });

  it('moves no traffic when the rows to ask about are gone', async () => {
    const {world, runId, earlier} = await challenged();
    world.objects.delete(`${BUCKETS.runs}/flowers/${runId}/split/test.csv`);

    await deliver(stage, published('model-exported', {runId}), world);

    assert.equal(runOf(world, runId).failure?.code, 'TEST_PART_GONE');
    assert.equal(traffic(world)?.[earlier], 100);
  });

  it('tries again when somebody else changed the endpoint meanwhile', async () => {
    const {world, runId} = await challenged();
    world.beforeEffect = (name) => {
      const endpoint = world.endpoints.get('flowers');
      if (name === 'split traffic of flowers' && endpoint)
        world.endpoints.set('flowers', {...endpoint, etag: 'theirs'});
    };

    await deliver(stage, published('model-exported', {runId}), world);
    assert.match(runOf(world, runId).trouble?.message ?? '', /endpoint has changed/);

    world.beforeEffect = () => {};
    world.messages.push({topic: 'model-exported', runId});
    await settled(world);
    assert.equal(runOf(world, runId).state, 'released');
  });

  it('fails when the version was deleted while it was being released', async () => {
    const {world, runId} = await played(6);
    dies(world, (effect) => effect === 'deploy to flowers');
    await assert.rejects(deliver(stage, published('model-exported', {runId}), world), /crash/);
    world.beforeEffect = () => {};
    world.versions.clear();

    await deliver(stage, published('model-exported', {runId}), world);

    assert.equal(runOf(world, runId).failure?.code, 'VERSION_GONE');
    assert.deepEqual(world.endpoints.get('flowers')?.deployed, []);
  });
});
