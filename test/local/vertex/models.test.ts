import assert from 'node:assert/strict';
import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {refused} from '../support/service-cloud.ts';
import {NUMBERED, PARENT, VertexCloud} from './support/vertex-cloud.ts';

type Model = aiplatform_v1.Schema$GoogleCloudAiplatformV1Model;
type Upload = aiplatform_v1.Schema$GoogleCloudAiplatformV1UploadModelRequest;

const SKLEARN = 'us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-6:latest';

describe('models', () => {
  let cloud: VertexCloud;
  beforeEach(async () => {
    cloud = await VertexCloud.open({'server:1': 'exit 1'});
  });
  afterEach(() => cloud.close());

  const upload = async (request: Upload & {model: Model}) => {
    const {data} = await cloud.api.models.upload({parent: PARENT, requestBody: request});
    return cloud.done(data);
  };
  const first = (changes: Model = {}) => upload({modelId: 'taxi', model: modelOf(changes)});
  const next = (changes: Model = {}) =>
    upload({parentModel: `${PARENT}/models/taxi`, model: modelOf(changes)});
  const get = async (name: string) => (await cloud.api.models.get({name: `${PARENT}/models/${name}`})).data;
  const aliases = async () => {
    const {data} = await cloud.api.models.listVersions({name: `${PARENT}/models/taxi`});
    return Object.fromEntries(
      (data.models ?? []).map(({versionId, versionAliases}) => [versionId, versionAliases?.toSorted()]),
    );
  };
  const merge = (version: string, versionAliases: string[]) =>
    cloud.api.models.mergeVersionAliases({
      name: `${PARENT}/models/${version}`,
      requestBody: {versionAliases},
    });

  it('get version 1 and the default alias with the first upload', async () => {
    const operation = await first({labels: {run: 'r1'}, versionAliases: ['champion']});

    assert.deepEqual(operation.response, {
      '@type': 'type.googleapis.com/google.cloud.aiplatform.v1.UploadModelResponse',
      model: `${NUMBERED}/models/taxi`,
      modelVersionId: '1',
    });
    const model = await get('taxi');
    assert.equal(model.name, `${NUMBERED}/models/taxi`);
    assert.equal(model.versionId, '1');
    assert.deepEqual(model.versionAliases, ['default', 'champion']);
    assert.deepEqual(model.supportedDeploymentResourcesTypes, ['DEDICATED_RESOURCES']);
    assert.equal(model.containerSpec?.imageUri, SKLEARN);
  });

  it('answer an upload with an operation that is not done', async () => {
    const {data} = await cloud.api.models.upload({
      parent: PARENT,
      requestBody: {modelId: 'taxi', model: modelOf({})},
    });

    assert.equal(data.done, undefined);
    assert.match(data.name ?? '', new RegExp(`^${NUMBERED}/models/taxi/operations/\\d+$`));
  });

  it('leave the default alias where it is when a version is added', async () => {
    await first();
    const operation = await next({versionAliases: ['challenger']});

    assert.equal(operation.response?.modelVersionId, '2');
    assert.deepEqual(await aliases(), {1: ['default'], 2: ['challenger']});
    assert.equal((await get('taxi')).versionId, '1');
    assert.equal((await get('taxi@challenger')).versionId, '2');
  });

  it('move the default alias to a version that asks for it', async () => {
    await first();
    await next({versionAliases: ['default']});

    assert.deepEqual(await aliases(), {1: [], 2: ['default']});
  });

  it('move aliases to a version and take those with a minus from it', async () => {
    await first({versionAliases: ['champion', 'old']});
    await next({versionAliases: ['challenger']});
    const {data} = await merge('taxi@2', ['champion', 'default', '-challenger']);

    assert.deepEqual(data.versionAliases?.toSorted(), ['champion', 'default']);
    assert.deepEqual(await aliases(), {1: ['old'], 2: ['champion', 'default']});
  });

  it('keep the default alias on exactly one version', async () => {
    await first();
    await refused(merge('taxi@1', ['-default']), 400, /default alias/);
    await refused(merge('taxi@1', ['Champion']), 400, /Invalid version alias/);
    await refused(merge('taxi', ['champion']), 400, /must include a version id/);
    await refused(merge('taxi@7', ['champion']), 404, /"projects.*taxi@7" is not found/);

    assert.deepEqual(await aliases(), {1: ['default']});
  });

  it('list versions by label, with the version in their names', async () => {
    await first({labels: {run: 'r1'}});
    await next({labels: {run: 'r2'}});
    const {data} = await cloud.api.models.listVersions({
      name: `${PARENT}/models/taxi`,
      filter: 'labels.run="r2"',
    });

    assert.deepEqual(
      data.models?.map(({name}) => name),
      [`${NUMBERED}/models/taxi@2`],
    );
  });

  it('list models by their default versions', async () => {
    await first();
    await next({displayName: 'second'});
    await upload({modelId: 'bike', model: modelOf({displayName: 'bike'})});
    const {data} = await cloud.api.models.list({parent: PARENT});

    assert.deepEqual(
      data.models?.map(({displayName}) => displayName),
      ['bike', 'taxi'],
    );
  });

  it('change what the mask names and nothing else', async () => {
    await first({description: 'old', labels: {run: 'r1'}});
    const name = `${PARENT}/models/taxi`;
    await cloud.api.models.patch({
      name,
      updateMask: 'version_description,labels',
      requestBody: {versionDescription: 'gate passed', description: 'new'},
    });

    const {versionDescription, description, labels} = await get('taxi');
    assert.deepEqual(
      {versionDescription, description, labels},
      {
        versionDescription: 'gate passed',
        description: 'old',
        labels: undefined,
      },
    );
    await refused(
      cloud.api.models.patch({name, updateMask: 'artifactUri', requestBody: {}}),
      400,
      /"artifactUri" is not a field that can be updated/,
    );
    await refused(cloud.api.models.patch({name, requestBody: {}}), 400, /update mask|updateMask/);
  });

  it('never give the number of a deleted version again', async () => {
    await first();
    await next();
    await cloud.api.models.deleteVersion({name: `${PARENT}/models/taxi@2`});
    await next();
    await next();

    assert.deepEqual(Object.keys(await aliases()), ['1', '3', '4']);
  });

  it('are refused to lose their default or only version', async () => {
    await first();
    const remove = (version: string) =>
      cloud.api.models.deleteVersion({name: `${PARENT}/models/taxi@${version}`});

    await refused(remove('1'), 400, /only version/);
    await next();
    await refused(remove('1'), 400, /default version/);
    await refused(remove('default'), 400, /must include a version id/);
  });

  it('are gone after delete', async () => {
    await first();
    const {data} = await cloud.api.models.delete({name: `${PARENT}/models/taxi`});

    assert.equal((await cloud.done(data)).error, undefined);
    await refused(get('taxi'), 404, /not found/);
  });

  it('are there after a restart', async () => {
    await first();
    await cloud.restart();

    assert.equal((await get('taxi')).versionId, '1');
  });

  it('are refused a second first upload', async () => {
    await first();
    await refused(first(), 409, /already exists/);
  });

  it('are refused with an unknown parent, a bad id or a contradiction', async () => {
    const model = modelOf({});
    await refused(upload({parentModel: `${PARENT}/models/none`, model}), 404, /not found/);
    await refused(upload({parentModel: 'none', model}), 400, /Invalid resource name/);
    await refused(upload({modelId: '1taxi', model}), 400, /'modelId'/);
    await refused(upload({modelId: 'taxi', parentModel: `${PARENT}/models/taxi`, model}), 400, /modelId/);
    await refused(upload({modelId: 'taxi', model: {displayName: 'taxi'}}), 400, /'model.containerSpec'/);
    await refused(
      upload({modelId: 'taxi', model: {...model, ...{speed: 1}}}),
      400,
      /Unknown name "speed" at 'model'/,
    );
  });

  it('fail their operation when the image can not be had', async () => {
    for (const imageUri of ['nobody:9', SKLEARN.replace('1-6', '0-24')]) {
      const operation = await first({containerSpec: {imageUri}});

      assert.equal(operation.error?.code, 5);
      assert.match(operation.error?.message ?? '', /Image ".*" is not/);
      await refused(get('taxi'), 404, /not found/);
    }
  });
});

function modelOf(changes: Model): Model {
  const artifactUri = 'gs://runs/r1/final/model/';
  return {displayName: 'taxi', artifactUri, containerSpec: {imageUri: SKLEARN}, ...changes};
}
