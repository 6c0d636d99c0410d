import assert from 'node:assert/strict';
import {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {readConfig} from '../../../shared/config.ts';
import {vertexJobsGateway} from '../../../shared/gateways/vertex-jobs.ts';
import {ScriptedService} from '../../support/scripted-service.ts';

const ENV = {
  GOOGLE_CLOUD_PROJECT: 'the-project',
  MILLRACE_DATA_BUCKET: 'the-data',
  MILLRACE_RUNS_BUCKET: 'the-runs',
  MILLRACE_ADMISSION_BUCKET: 'the-admissions',
};
const PARENT = 'projects/the-project/locations/us-central1';
const REQUEST = {
  runId: 'r1',
  effectKey: 'r1-tune',
  attempt: 2,
  outputUri: 'gs://the-runs/flowers/r1/tune',
};
const LABELS = {millrace_run: 'r1', millrace_effect: 'r1-tune', millrace_attempt: '2'};

async function jobsOf(script: ScriptedService) {
  const {locations} = new aiplatform_v1.Aiplatform({rootUrl: await script.open()}).projects;
  return vertexJobsGateway(readConfig(ENV), {parent: PARENT, locations: async () => locations});
}

describe('the Vertex AI pipelines', () => {
  let script: ScriptedService;

  beforeEach(() => {
    script = new ScriptedService();
  });

  afterEach(() => script.close());

  it('start a pipeline under an id that follows from effect and attempt', async () => {
    const spec = {
      schemaVersion: '2.1.0',
      deploymentSpec: {executors: {}},
      root: {inputDefinitions: {parameters: {}}},
    };
    const jobs = await jobsOf(script.answer({name: 'pipelines/1'}));

    const started = await jobs.startPipeline({
      ...REQUEST,
      spec,
      parameters: {alpha: 0.5},
    });

    assert.equal(started, 'pipelines/1');
    assert.equal(script.calls[0]?.url, `/v1/${PARENT}/pipelineJobs?pipelineJobId=r1-tune-2`);
    assert.deepEqual(script.calls[0]?.body, {
      displayName: 'r1-tune',
      labels: LABELS,
      pipelineSpec: spec,
      runtimeConfig: {
        gcsOutputDirectory: 'gs://the-runs/flowers/r1/tune',
        parameterValues: {alpha: 0.5},
        failurePolicy: 'PIPELINE_FAILURE_POLICY_FAIL_FAST',
      },
    });
  });

  for (const [state, ours] of [
    ['QUEUED', 'waiting'],
    ['PENDING', 'waiting'],
    ['RUNNING', 'running'],
    ['CANCELLING', 'running'],
    ['PAUSED', 'running'],
    ['SUCCEEDED', 'succeeded'],
    ['FAILED', 'failed'],
    ['CANCELLED', 'cancelled'],
  ]) {
    it(`of a pipeline that is ${state} are ${ours}`, async () => {
      const jobs = await jobsOf(script.answer({name: 'a/r1-train-1', state: `PIPELINE_STATE_${state}`}));

      assert.equal((await jobs.find('r1-train-1'))?.state, ours);
    });
  }

  it('cancel a pipeline under its own collection', async () => {
    const jobs = await jobsOf(script.answer({}));

    await jobs.cancel(`${PARENT}/pipelineJobs/r1-train-1`);

    assert.equal(script.calls[0]?.url, `/v1/${PARENT}/pipelineJobs/r1-train-1:cancel`);
  });
});
