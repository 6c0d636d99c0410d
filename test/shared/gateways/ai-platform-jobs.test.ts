import assert from 'node:assert/strict';
import {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';
import {readConfig} from '../../../shared/config.ts';
import {tuneSchema} from '../../../shared/domain/study.ts';
import {aiPlatformJobsGateway} from '../../../shared/gateways/ai-platform-jobs.ts';
import type {Jobs} from '../../../shared/job-ports.ts';
import {ScriptedService} from '../../support/scripted-service.ts';

const PARENT = 'projects/the-project';
const CONFIG = readConfig({
  GOOGLE_CLOUD_PROJECT: 'the-project',
  MILLRACE_DATA_BUCKET: 'the-data',
  MILLRACE_RUNS_BUCKET: 'the-runs',
  MILLRACE_ADMISSION_BUCKET: 'the-admissions',
  MILLRACE_TRAINER_ACCOUNT: 'trainer@the-project.iam.gserviceaccount.com',
});
const REQUEST = {
  runId: 'r1',
  effectKey: 'r1-train',
  attempt: 2,
  image: 'registry/trainer@sha256:1',
  args: ['--alpha=0.01', '--nohptune'],
  machineType: 'n1-standard-4',
  outputUri: 'gs://the-runs/r1/train',
};
const PARAMETERS = {
  alpha: {double: [0.1, 1]},
  max_iter: {discrete: [200, 500]},
  code: {categorical: ['7', '8']},
};
const TUNE = tuneSchema.parse({metric: 'accuracy', maxTrials: 2, parameters: PARAMETERS});

async function jobsOf(script: ScriptedService): Promise<Jobs> {
  const {projects} = new ml_v1.Ml({rootUrl: await script.open()});
  return aiPlatformJobsGateway(CONFIG, {parent: PARENT, projects: async () => projects});
}

describe('the AI Platform jobs', () => {
  let script: ScriptedService;

  beforeEach(() => {
    script = new ScriptedService();
  });

  afterEach(() => script.close());

  it('are asked for as the command line of AI Platform does, under an id that says the attempt', async () => {
    const jobs = await jobsOf(script.answer({jobId: 'r1_train_a2'}));

    assert.equal(await jobs.startTraining(REQUEST), `${PARENT}/jobs/r1_train_a2`);

    assert.deepEqual(script.calls[0]?.body, {
      jobId: 'r1_train_a2',
      labels: {millrace_run: 'r1', millrace_effect: 'r1-train', millrace_attempt: '2'},
      trainingInput: {
        region: 'us-central1',
        scaleTier: 'CUSTOM',
        masterType: 'n1-standard-4',
        masterConfig: {imageUri: 'registry/trainer@sha256:1'},
        args: ['--alpha=0.01', '--nohptune'],
        scheduling: {maxRunningTime: '86400s'},
        serviceAccount: 'trainer@the-project.iam.gserviceaccount.com',
        jobDir: 'gs://the-runs/r1/train/model/',
      },
    });
  });

  it('that are there already are the ones that were asked for', async () => {
    const jobs = await jobsOf(script.answer({error: {code: 409, message: 'exists'}}, 409));

    const name = await jobs.startTuning({...REQUEST, effectKey: 'r1-tune', tune: TUNE});

    assert.equal(name, `${PARENT}/jobs/r1_tune_a2`);
  });

  it('go on from the job that is named, and tell which it was', async () => {
    const job = {
      jobId: 'r1_tune_a2',
      trainingInput: {hyperparameters: {resumePreviousJobId: 'r0_tune_a1'}},
    };
    const jobs = await jobsOf(script.answer(job).answer(job));
    const resumes = `${PARENT}/jobs/r0_tune_a1`;

    await jobs.startTuning({...REQUEST, tune: TUNE, resumes});

    assert.match(JSON.stringify(script.calls[0]?.body), /"resumePreviousJobId":"r0_tune_a1"/);
    assert.equal((await jobs.find('r1_tune_a2'))?.resumes, resumes);
  });

  it('are asked for once, whatever comes back', async () => {
    const jobs = await jobsOf(script.answer({error: {code: 503}}, 503).answer({}));

    await assert.rejects(jobs.startTraining(REQUEST), {name: 'RetryableError'});

    assert.equal(script.calls.length, 1);
  });

  it('tell of trials with numbers where the parameter has numbers', async () => {
    const params = [
      {parameterName: 'alpha', type: 'DOUBLE'},
      {parameterName: 'max_iter', type: 'DISCRETE'},
      {parameterName: 'code', type: 'CATEGORICAL'},
    ];
    const hyperparameters = {alpha: '5.05e-4', max_iter: '500', code: '7'};
    const finalMetric = {trainingStep: '1', objectiveValue: 0.702};
    const times = {startTime: '2019-01-01T00:01:00Z', endTime: '2019-01-01T00:09:00Z'};
    const trials = [
      {trialId: '2', state: 'SUCCEEDED', hyperparameters, finalMetric},
      {trialId: '3', state: 'SUCCEEDED', hyperparameters},
      {trialId: '1', state: 'FAILED', hyperparameters, ...times},
      {trialId: '4', state: 'SUCCEEDED', hyperparameters, finalMetric, isTrialStoppedEarly: true},
      {trialId: '5', state: 'SUCCEEDED', hyperparameters, finalMetric: {objectiveValue: 'NaN'}},
      {trialId: '6', state: 'CANCELLED', hyperparameters},
    ];
    const job = {
      jobId: 'r1_tune_a1',
      state: 'SUCCEEDED',
      endTime: times.endTime,
      trainingInput: {hyperparameters: {params}},
      trainingOutput: {trials},
    };
    const jobs = await jobsOf(script.answer(job));

    const found = await jobs.find('r1_tune_a1');

    const parameters = {alpha: 0.000505, max_iter: 500, code: '7'};
    assert.equal(found?.kind, 'tuning');
    assert.equal(found?.endTime, times.endTime);
    assert.deepEqual(found?.trials, [
      {id: '2', state: 'succeeded', parameters, metric: 0.702},
      {id: '3', state: 'succeeded', parameters},
      {id: '1', state: 'failed', parameters, ...times},
      {id: '4', state: 'succeeded', parameters, metric: 0.702, isStoppedEarly: true},
      {id: '5', state: 'succeeded', parameters, metric: Number.NaN},
      {id: '6', state: 'cancelled', parameters},
    ]);
  });

  const states = {
    QUEUED: 'waiting',
    PREPARING: 'waiting',
    RUNNING: 'running',
    CANCELLING: 'running',
    SUCCEEDED: 'succeeded',
    FAILED: 'failed',
    CANCELLED: 'cancelled',
  };
  for (const [state, ours] of Object.entries(states)) {
    it(`are ${ours} when the service says ${state}`, async () => {
      const jobs = await jobsOf(script.answer({jobId: 'a', state}));

      assert.equal((await jobs.find('a'))?.state, ours);
    });
  }

  const faults = {
    'The replica master 0 exited with a non-zero status of 1.': 'trainer',
    'Internal error occurred for the current attempt. Please try again.': 'service',
  };
  for (const [errorMessage, fault] of Object.entries(faults)) {
    it(`blame the ${fault} for "${errorMessage}"`, async () => {
      const jobs = await jobsOf(script.answer({jobId: 'a', state: 'FAILED', errorMessage}));

      const job = await jobs.find('a');

      assert.deepEqual([job?.fault, job?.why], [fault, errorMessage]);
    });
  }

  it('are not looked for under an id of Vertex AI', async () => {
    const jobs = await jobsOf(script);

    assert.equal(await jobs.find('1234567890'), undefined);
    assert.equal(script.calls.length, 0);
  });
});
