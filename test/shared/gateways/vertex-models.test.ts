import assert from 'node:assert/strict';
import {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {vertexModelsGateway} from '../../../shared/gateways/vertex-models.ts';
import type {Endpoint, ModelServer, Models} from '../../../shared/model-ports.ts';
import {ScriptedService} from '../../support/scripted-service.ts';

const PARENT = 'projects/the-project/locations/us-central1';
const NAME = `${PARENT}/endpoints/flowers`;
const DONE = {name: 'operations/1', done: true, response: {}};
const VERSION = {name: `${PARENT}/models/flowers@2`, version: '2', artifactUri: 'gs://the-runs/model/'};

async function modelsOf(script: ScriptedService): Promise<Models> {
  const {locations} = new aiplatform_v1.Aiplatform({rootUrl: await script.open()}).projects;
  return vertexModelsGateway({parent: PARENT, locations: async () => locations});
}

describe('the Vertex AI models', () => {
  let script: ScriptedService;

  beforeEach(() => {
    script = new ScriptedService();
  });

  afterEach(() => script.close());

  it('are deployed once and without traffic', async () => {
    const models = await modelsOf(script.answer(DONE));

    await models.deploy(NAME, {id: '17', version: VERSION, machineType: 'n1-standard-2'});

    assert.equal(script.calls.length, 1);
    assert.deepEqual(Object.keys(script.calls[0]?.body ?? {}), ['deployedModel']);
  });

  it('send a deployment once, whatever comes back', async () => {
    const models = await modelsOf(script.answer({error: {code: 503}}, 503).answer(DONE));
    const request = {id: '17', version: VERSION, machineType: 'n1-standard-2'};

    await assert.rejects(models.deploy(NAME, request), {name: 'RetryableError'});

    assert.equal(script.calls.length, 1);
  });

  const prebuilt = 'us-docker.pkg.dev/vertex-ai/prediction';
  const own = 'us-central1-docker.pkg.dev/the-project/millrace/trainer@sha256:1';
  const servers: [ModelServer, object][] = [
    [{framework: 'scikit-learn', version: '1.6'}, {imageUri: `${prebuilt}/sklearn-cpu.1-6:latest`}],
    [{framework: 'xgboost', version: '2.1'}, {imageUri: `${prebuilt}/xgboost-cpu.2-1:latest`}],
    [
      {framework: 'custom', image: own},
      {imageUri: own, args: ['serve'], healthRoute: '/health', predictRoute: '/predict'},
    ],
  ];
  for (const [server, containerSpec] of servers) {
    it(`of framework ${server.framework} are answered for by its server`, async () => {
      const model = {name: `${PARENT}/models/flowers`, versionId: '2', artifactUri: 'gs://the-runs/model/'};
      const done = {...DONE, response: {modelVersionId: '2'}};
      const models = await modelsOf(script.answer(model).answer(done).answer(model));

      await models.upload({
        model: 'flowers',
        runId: 'r1',
        effectKey: 'r1-version',
        attempt: 1,
        artifactUri: 'gs://the-runs/model/',
        server,
        lineage: {labels: {}, description: 'better'},
      });

      const labels = {millrace_run: 'r1', millrace_effect: 'r1-version', millrace_attempt: '1'};
      const origin = {displayName: 'flowers', artifactUri: 'gs://the-runs/model/', labels};
      assert.deepEqual(script.calls[1]?.body, {
        parentModel: `${PARENT}/models/flowers`,
        model: {
          ...origin,
          versionAliases: ['challenger', 'run-r1'],
          versionDescription: 'better',
          containerSpec,
        },
      });
    });
  }

  it('get the traffic only of the endpoint that was looked at', async () => {
    const endpoint: Endpoint = {
      name: NAME,
      deployed: ['17', '18'].map((id) => ({id, model: 'flowers', version: id})),
      traffic: {'17': 100},
      etag: 'seen',
    };
    const models = await modelsOf(script.answer({}).answer({error: {code: 412}}, 412));

    await models.splitTraffic(endpoint, {'18': 90, '17': 10});
    await assert.rejects(models.splitTraffic(endpoint, {'18': 100}), {name: 'RetryableError'});

    const [{method, url, body} = {method: '', url: '', body: {}}] = script.calls;
    assert.deepEqual([method, url], ['PATCH', `/v1/${NAME}?updateMask=trafficSplit`]);
    assert.deepEqual(body, {trafficSplit: {'17': 10, '18': 90}, etag: 'seen'});
    assert.deepEqual(script.calls[1]?.body, {trafficSplit: {'17': 0, '18': 100}, etag: 'seen'});
  });

  it('stay where they get traffic or are not, which is no mistake', async () => {
    const models = await modelsOf(
      script
        .answer({error: {code: 400, status: 'FAILED_PRECONDITION'}}, 400)
        .answer({error: {code: 404}}, 404)
        .answer({error: {code: 403}}, 403),
    );

    await models.undeploy(NAME, '17');
    await models.undeploy(NAME, '17');
    await assert.rejects(models.undeploy(NAME, '17'), {name: 'RefusedError'});
  });

  it('are crowned and uncrowned by an alias', async () => {
    const models = await modelsOf(script.answer({}).answer({}));

    await models.crown('flowers', '2');
    await models.uncrown('flowers', '2');

    assert.deepEqual(
      script.calls.map(({url, body}) => [url, body]),
      [
        [`/v1/${VERSION.name}:mergeVersionAliases`, {versionAliases: ['champion', '-challenger']}],
        [`/v1/${VERSION.name}:mergeVersionAliases`, {versionAliases: ['-champion']}],
      ],
    );
  });

  it('are uploaded with all that they come from', async () => {
    const artifactUri = VERSION.artifactUri;
    const models = await modelsOf(
      script
        .answer({error: {code: 404}}, 404)
        .answer({...DONE, response: {modelVersionId: '2'}})
        .answer({name: `${PARENT}/models/flowers`, versionId: '2', artifactUri}),
    );
    const lineage = {labels: {millrace_trial: '3'}, description: 'better\nrun: r1'};

    await models.upload({
      model: 'flowers',
      runId: 'r1',
      effectKey: 'r1-version',
      attempt: 1,
      artifactUri,
      server: {framework: 'scikit-learn', version: '1.6'},
      lineage,
    });

    const {model} = (script.calls[1]?.body ?? {}) as {model?: Record<string, unknown>};
    assert.deepEqual(model?.labels, {
      millrace_trial: '3',
      millrace_run: 'r1',
      millrace_effect: 'r1-version',
      millrace_attempt: '1',
    });
    assert.deepEqual(model?.versionAliases, ['challenger', 'run-r1']);
    assert.equal(model?.versionDescription, lineage.description);
  });

  it('are found by effect and attempt, and by name', async () => {
    const shown = {name: `${PARENT}/models/flowers`, versionId: '2', artifactUri: VERSION.artifactUri};
    const models = await modelsOf(
      script
        .answer({models: [shown]})
        .answer({error: {code: 404}}, 404)
        .answer(shown)
        .answer({error: {code: 404}}, 404),
    );

    assert.equal((await models.findByEffect('flowers', 'r1-version', 3))?.name, VERSION.name);
    assert.equal(await models.findByEffect('none', 'r1-version', 3), undefined);
    assert.equal((await models.version(VERSION.name))?.version, '2');
    assert.equal(await models.version(VERSION.name), undefined);
    const filter = 'labels.millrace_effect="r1-version" AND labels.millrace_attempt="3"';
    assert.equal(script.queries[0]?.get('filter'), filter);
  });

  it('are deleted by version, once', async () => {
    const gone = {error: {code: 404}};
    const models = await modelsOf(
      script.answer({name: VERSION.name}).answer(DONE).answer(gone, 404).answer(gone, 404),
    );

    await models.deleteVersion(VERSION.name);
    await models.deleteVersion(VERSION.name);

    const asked = [`GET /v1/${VERSION.name}`, `DELETE /v1/${VERSION.name}:deleteVersion`];
    assert.deepEqual(
      script.calls.map(({method, url}) => `${method} ${url}`),
      [...asked, ...asked],
    );
  });
});
