import assert from 'node:assert/strict';
import {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {storageAndVertex} from '../../support/storage-and-vertex.ts';
import {PREDICTION_SERVER} from '../support/prediction-server.ts';
import {refused, ServiceCloud} from '../support/service-cloud.ts';

type Job = aiplatform_v1.Schema$GoogleCloudAiplatformV1BatchPredictionJob;

const PARENT = 'projects/demo/locations/us-central1';
const NUMBERED = 'projects/123456/locations/us-central1';
const IMAGES = {
  'server:1': PREDICTION_SERVER,
  'dead:1': 'echo "no model.joblib in there" >&2; exit 1',
  'slow:1': `sleep 0.3; ${PREDICTION_SERVER}`,
};

describe('batch predictions', () => {
  let cloud: ServiceCloud;

  beforeEach(async () => {
    cloud = await ServiceCloud.open(storageAndVertex, IMAGES);
    const body = JSON.stringify({name: 'data'});
    const headers = {'content-type': 'application/json'};
    await fetch(`${cloud.address}/storage/v1/b?project=demo`, {method: 'POST', headers, body});
    await upload('server:1');
  });

  afterEach(() => cloud.close());

  const api = () => {
    const rootUrl = `${cloud.address}/`;
    return new aiplatform_v1.Aiplatform({rootUrl, retry: false}).projects.locations;
  };
  const upload = async (imageUri: string) => {
    const modelId = imageUri.replace(':1', '');
    const model = {
      displayName: modelId,
      artifactUri: 'gs://runs/r1/model/',
      containerSpec: {imageUri, deploymentTimeout: '10s', env: [{name: 'NAME', value: imageUri}]},
    };
    await api().models.upload({parent: PARENT, requestBody: {modelId, model}});
  };
  const put = (name: string, body: string) =>
    fetch(`${cloud.address}/upload/storage/v1/b/data/o?uploadType=media&name=${encodeURIComponent(name)}`, {
      method: 'POST',
      body,
    });
  const content = async (uri: string) => {
    const name = encodeURIComponent(uri.replace('gs://data/', ''));
    return (await fetch(`${cloud.address}/storage/v1/b/data/o/${name}?alt=media`)).text();
  };
  const spec = (changes: Job = {}): Job => ({
    displayName: 'rows',
    model: `${PARENT}/models/server@1`,
    inputConfig: {instancesFormat: 'jsonl', gcsSource: {uris: ['gs://data/rows.jsonl']}},
    outputConfig: {predictionsFormat: 'jsonl', gcsDestination: {outputUriPrefix: 'gs://data/out/'}},
    dedicatedResources: {machineSpec: {machineType: 'n1-standard-2'}},
    ...changes,
  });
  const create = async (changes?: Job) =>
    (await api().batchPredictionJobs.create({parent: PARENT, requestBody: spec(changes)})).data;
  const read = async ({name}: Job) => (await api().batchPredictionJobs.get({name: name ?? ''})).data;
  const ended = async (job: Job) => {
    await cloud.ended(job.name);
    return read(job);
  };

  it('write each instance with its prediction, in a folder of their own', async () => {
    await put('rows.jsonl', '[1, 2]\n{"a": 3}');

    const job = await ended(await create());

    const folder = `gs://data/out/prediction-server-${job.createTime}`;
    assert.deepEqual(
      [job.state, job.outputInfo, job.modelVersionId],
      ['JOB_STATE_SUCCEEDED', {gcsOutputDirectory: folder}, '1'],
    );
    assert.deepEqual(job.completionStats, {successfulCount: '2', failedCount: '0', incompleteCount: '0'});
    const lines = (await content(`${folder}/prediction.results-00000-of-00001`)).trimEnd().split('\n');
    const prediction = ['gs://runs/r1/model/', cloud.address, 'server:1', null];
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      [
        {instance: [1, 2], prediction},
        {instance: {a: 3}, prediction},
      ],
    );
    assert.equal(await content(`${folder}/prediction.errors_stats-00000-of-00001`), '');
  });

  it('go on after a batch that the model refuses, and tell its words', async () => {
    await put('rows.jsonl', '[1]\n["bad"]\n[3]\n[4]\n');

    const job = await ended(await create({manualBatchTuningParameters: {batchSize: 2}}));

    assert.deepEqual(job.completionStats, {successfulCount: '2', failedCount: '2', incompleteCount: '0'});
    const folder = job.outputInfo?.gcsOutputDirectory;
    assert.equal(
      await content(`${folder}/prediction.errors_stats-00000-of-00001`),
      `('Post request fails. Cannot get predictions. Error: Non-OK result 400 ({"error":"expected 2 features"}).', 2)\n`,
    );
  });

  it('are done by the cloud that is started again, where they were begun', async () => {
    await put('rows.jsonl', '[1]\n');
    await upload('slow:1');
    const begun = await create({model: `${NUMBERED}/models/slow`});

    await cloud.restart();
    const job = await ended(begun);

    assert.equal(job.state, 'JOB_STATE_SUCCEEDED');
    assert.equal(job.outputInfo?.gcsOutputDirectory, `gs://data/out/prediction-slow-${begun.createTime}`);
  });

  it('end when they are cancelled, without results', async () => {
    await put('rows.jsonl', '[1]\n');
    await upload('slow:1');
    const begun = await create({model: `${PARENT}/models/slow`});
    await api().batchPredictionJobs.cancel({name: begun.name ?? '', requestBody: {}});

    const job = await ended(begun);

    assert.deepEqual([job.state, job.outputInfo], ['JOB_STATE_CANCELLED', undefined]);
  });

  describe('fail', () => {
    const failures: readonly (readonly [what: string, lines: string, changes: Job, message: RegExp])[] = [
      [
        'without a model server',
        '[1]\n',
        {model: `${PARENT}/models/dead`},
        /exited unexpectedly.*no model.joblib/s,
      ],
      ['when the server dies', '["die"]\n', {}, /gave no answer/],
      ['on a line that is not JSON', '[1]\n1,2\n', {}, /not JSON/],
      [
        'without the object',
        '[1]\n',
        {inputConfig: {instancesFormat: 'jsonl', gcsSource: {uris: ['gs://data/nothing']}}},
        /gs:\/\/data\/nothing is not found/,
      ],
      [
        'without the bucket for the results',
        '[1]\n',
        {outputConfig: {predictionsFormat: 'jsonl', gcsDestination: {outputUriPrefix: 'gs://none'}}},
        /Bucket none is not found/,
      ],
    ];
    for (const [what, lines, changes, message] of failures) {
      it(what, async () => {
        await put('rows.jsonl', lines);
        await upload('dead:1');

        const {state, error} = await ended(await create(changes));

        assert.equal(state, 'JOB_STATE_FAILED');
        assert.match(error?.message ?? '', message);
      });
    }
  });

  describe('are refused', () => {
    const refusals: readonly (readonly [what: string, changes: object, code: number, message: RegExp])[] = [
      ['for a model that is not there', {model: `${PARENT}/models/none`}, 404, /not found/],
      ['for a version that is not there', {model: `${PARENT}/models/server@7`}, 404, /server@7/],
      [
        'for a project of somebody else',
        {model: 'projects/x/locations/l/models/m'},
        403,
        /Permission denied/,
      ],
      ['without machines', {dedicatedResources: undefined}, 400, /dedicated resources/],
      ['without a name', {displayName: undefined}, 400, /displayName/],
      ['with an unknown field', {speed: 1}, 400, /Unknown name "speed"/],
      [
        'for another format',
        {inputConfig: {instancesFormat: 'csv', gcsSource: {uris: ['gs://data/a.csv']}}},
        400,
        /jsonl only/,
      ],
      [
        'for a whole bucket',
        {inputConfig: {instancesFormat: 'jsonl', gcsSource: {uris: ['gs://data/*']}}},
        400,
        /wildcards/,
      ],
    ];
    for (const [what, changes, code, message] of refusals)
      it(what, () => refused(create(changes), code, message));
  });
});
