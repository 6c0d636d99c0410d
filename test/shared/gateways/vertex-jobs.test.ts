import assert from 'node:assert/strict';
import {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {readConfig} from '../../../shared/config.ts';
import {tuneSchema} from '../../../shared/domain/study.ts';
import {studySpecOf} from '../../../shared/gateways/study-spec.ts';
import {vertexJobsGateway} from '../../../shared/gateways/vertex-jobs.ts';
import type {JobRequest} from '../../../shared/job-ports.ts';
import {ScriptedService} from '../../support/scripted-service.ts';

const ENV = {
  GOOGLE_CLOUD_PROJECT: 'the-project',
  MILLRACE_DATA_BUCKET: 'the-data',
  MILLRACE_RUNS_BUCKET: 'the-runs',
  MILLRACE_ADMISSION_BUCKET: 'the-admissions',
};
const PARENT = 'projects/the-project/locations/us-central1';
const TUNE = tuneSchema.parse({
  metric: 'accuracy',
  maxTrials: 6,
  parallelTrials: 3,
  maxFailedTrials: 2,
  parameters: {alpha: {double: [0.1, 1]}},
});
const REQUEST: JobRequest = {
  runId: 'r1',
  effectKey: 'r1-tune',
  attempt: 2,
  image: 'trainer@sha256:b',
  args: ['--label=species'],
  machineType: 'n1-standard-4',
  outputUri: 'gs://the-runs/flowers/r1/tune',
};
const JOB_SPEC = {
  baseOutputDirectory: {outputUriPrefix: 'gs://the-runs/flowers/r1/tune'},
  scheduling: {timeout: '86400s', disableRetries: true},
  workerPoolSpecs: [
    {
      machineSpec: {machineType: 'n1-standard-4'},
      replicaCount: '1',
      containerSpec: {imageUri: 'trainer@sha256:b', args: ['--label=species']},
    },
  ],
};
const TIMES = {startTime: '2026-01-01T00:01:00Z', endTime: '2026-01-01T00:09:00Z'};
const JOB_TIMES = {createTime: '2026-01-01T00:00:00Z', endTime: TIMES.endTime};
const LABELS = {millrace_run: 'r1', millrace_effect: 'r1-tune', millrace_attempt: '2'};

async function jobsOf(script: ScriptedService, env: Record<string, string> = {}) {
  const {locations} = new aiplatform_v1.Aiplatform({rootUrl: await script.open()}).projects;
  const vertex = {parent: PARENT, locations: async () => locations};
  return vertexJobsGateway(readConfig({...ENV, ...env}), vertex);
}

describe('the Vertex AI jobs', () => {
  let script: ScriptedService;

  beforeEach(() => {
    script = new ScriptedService();
  });

  afterEach(() => script.close());

  it('start a tuning job that can be found by its effect and never restarts by itself', async () => {
    const jobs = await jobsOf(script.answer({name: `${PARENT}/hyperparameterTuningJobs/7`}));

    const name = await jobs.startTuning({...REQUEST, tune: TUNE});

    assert.equal(name, `${PARENT}/hyperparameterTuningJobs/7`);
    assert.deepEqual(script.calls, [
      {
        method: 'POST',
        url: `/v1/${PARENT}/hyperparameterTuningJobs`,
        body: {
          displayName: 'r1-tune',
          labels: LABELS,
          maxTrialCount: 6,
          parallelTrialCount: 3,
          maxFailedTrialCount: 2,
          studySpec: {...studySpecOf(TUNE)},
          trialJobSpec: JOB_SPEC,
        },
      },
    ]);
  });

  it('start a training job, as the service account that is configured', async () => {
    const jobs = await jobsOf(script.answer({name: `${PARENT}/customJobs/8`}), {
      MILLRACE_TRAINER_ACCOUNT: 'trainer@the-project.iam.gserviceaccount.com',
    });

    assert.equal(await jobs.startTraining(REQUEST), `${PARENT}/customJobs/8`);
    assert.deepEqual(script.calls[0]?.body, {
      displayName: 'r1-tune',
      labels: LABELS,
      jobSpec: {...JOB_SPEC, serviceAccount: 'trainer@the-project.iam.gserviceaccount.com'},
    });
  });

  it('send a create request once, whatever comes back', async () => {
    const jobs = await jobsOf(script.answer({error: {code: 503}}, 503).answer({name: 'second'}));

    await assert.rejects(jobs.startTraining(REQUEST), {name: 'RetryableError'});

    assert.equal(script.calls.length, 1);
  });

  it('tell a refusal from an answer that never came', async () => {
    const jobs = await jobsOf(script.answer({error: {code: 429}}, 429).answer({error: {code: 400}}, 400));

    await assert.rejects(jobs.startTraining(REQUEST), {name: 'RefusedError'});
    await assert.rejects(jobs.startTraining(REQUEST), {name: 'PermanentError', code: 'SERVICE_REFUSED'});
  });

  it('do not take a create without a name for done', async () => {
    const jobs = await jobsOf(script.answer({}));

    await assert.rejects(jobs.startTraining(REQUEST), {
      name: 'RetryableError',
      message: /without the job name/,
    });
  });

  it('find a job of either kind by effect and attempt', async () => {
    const jobs = await jobsOf(
      script
        .answer({hyperparameterTuningJobs: [{name: 'tuning-7'}]})
        .answer({customJobs: [{name: 'custom-8'}]})
        .answer({}),
    );

    assert.equal(await jobs.findByEffect('tuning', 'r1-tune', 1), 'tuning-7');
    assert.equal(await jobs.findByEffect('training', 'r1-train', 2), 'custom-8');
    assert.equal(await jobs.findByEffect('training', 'r2-train', 1), undefined);
    const filter = 'labels.millrace_effect="r1-tune" AND labels.millrace_attempt="1"';
    assert.equal(script.queries[0]?.get('filter'), filter);
  });

  it('are listed page by page, all kinds', async () => {
    const jobs = await jobsOf(
      script
        .answer({hyperparameterTuningJobs: [{name: 'a/1', labels: LABELS}], nextPageToken: 'more'})
        .answer({hyperparameterTuningJobs: [{name: 'a/2'}]})
        .answer({customJobs: [{name: 'a/3'}]})
        .answer({pipelineJobs: [{name: 'a/r1-train-2', labels: LABELS, state: 'PIPELINE_STATE_FAILED'}]}),
    );

    const listed = await jobs.list({since: '2026-01-01T00:00:00.000Z'});

    assert.deepEqual(
      listed.map(({id, kind, attempt}) => [id, kind, attempt]),
      [
        ['1', 'tuning', 2],
        ['2', 'tuning', undefined],
        ['3', 'training', undefined],
        ['r1-train-2', 'training', 2],
      ],
    );
    const filter = 'labels.millrace_run:* AND create_time>="2026-01-01T00:00:00.000Z"';
    assert.deepEqual(
      script.queries.map((query) => [query.get('filter'), query.get('pageToken')]),
      [
        [filter, null],
        [filter, 'more'],
        [filter, null],
        [filter, null],
      ],
    );
  });

  it('cancel a job under the collection of its kind', async () => {
    const jobs = await jobsOf(script.answer({}).answer({}));

    await jobs.cancel(`${PARENT}/hyperparameterTuningJobs/7`);
    await jobs.cancel(`${PARENT}/customJobs/8`);

    assert.deepEqual(
      script.calls.map(({method, url}) => `${method} ${url}`),
      [`POST /v1/${PARENT}/hyperparameterTuningJobs/7:cancel`, `POST /v1/${PARENT}/customJobs/8:cancel`],
    );
  });

  it('take a job that cannot be cancelled for ended, but not a service that is away', async () => {
    const jobs = await jobsOf(
      script
        .answer({error: {code: 400, status: 'FAILED_PRECONDITION'}}, 400)
        .answer({error: {code: 404}}, 404)
        .answer({error: {code: 403}}, 403),
    );

    await jobs.cancel(`${PARENT}/customJobs/8`);
    await jobs.cancel(`${PARENT}/customJobs/9`);
    await assert.rejects(jobs.cancel(`${PARENT}/customJobs/8`), {name: 'RefusedError'});
  });

  it('read trials in the words of the domain', async () => {
    const name = `${PARENT}/hyperparameterTuningJobs/7`;
    const measured = (value?: unknown) => ({finalMeasurement: {metrics: [{metricId: 'accuracy', value}]}});
    const jobs = await jobsOf(
      script.answer({
        name,
        state: 'JOB_STATE_SUCCEEDED',
        ...JOB_TIMES,
        labels: LABELS,
        trials: [
          {id: '1', state: 'SUCCEEDED', parameters: [{parameterId: 'alpha', value: 0.1}], ...measured(0.9)},
          {id: '2', state: 'SUCCEEDED', parameters: [{parameterId: 'kind', value: 'l2'}], ...measured(0)},
          {id: '3', state: 'SUCCEEDED', ...measured('NaN')},
          {id: '4', state: 'INFEASIBLE', ...TIMES, infeasibleReason: 'exit code 1'},
          {id: '5', state: 'ACTIVE'},
          {id: '6', state: 'STATE_UNSPECIFIED'},
        ],
      }),
    );

    assert.deepEqual(await jobs.find('7'), {
      name,
      id: '7',
      kind: 'tuning',
      state: 'succeeded',
      ...JOB_TIMES,
      runId: 'r1',
      effectKey: 'r1-tune',
      attempt: 2,
      trials: [
        {id: '1', state: 'succeeded', parameters: {alpha: 0.1}, metric: 0.9},
        {id: '2', state: 'succeeded', parameters: {kind: 'l2'}, metric: 0},
        {id: '3', state: 'succeeded', parameters: {}, metric: Number.NaN},
        {id: '4', state: 'infeasible', parameters: {}, ...TIMES, why: 'exit code 1'},
        {id: '5', state: 'active', parameters: {}},
        {id: '6', state: 'requested', parameters: {}},
      ],
    });
  });

  it('look for a training job when there is no tuning job of that id', async () => {
    const job = {
      name: `${PARENT}/customJobs/8`,
      state: 'JOB_STATE_FAILED',
      createTime: '2026-01-01T00:00:00Z',
      error: {message: 'out of memory'},
    };
    const jobs = await jobsOf(script.answer({error: {code: 404}}, 404).answer(job));

    assert.deepEqual(await jobs.find('8'), {
      name: job.name,
      id: '8',
      kind: 'training',
      state: 'failed',
      createTime: '2026-01-01T00:00:00Z',
      why: 'out of memory',
      fault: 'trainer',
      trials: [],
    });
    assert.equal(await jobs.find('9'), undefined);
  });

  const faults = {
    3: 'trainer',
    4: 'service',
    7: 'trainer',
    8: 'service',
    10: 'service',
    13: 'service',
    14: 'service',
  };
  for (const [code, fault] of Object.entries(faults)) {
    it(`blame the ${fault} for a job that failed with code ${code}`, async () => {
      const error = {code: Number(code), message: 'why'};
      const jobs = await jobsOf(script.answer({name: 'a/7', state: 'JOB_STATE_FAILED', error}));

      assert.equal((await jobs.find('7'))?.fault, fault);
    });
  }

  it('blame nobody for a job that was cancelled', async () => {
    const error = {code: 1, message: 'CANCELED'};
    const jobs = await jobsOf(script.answer({name: 'a/7', state: 'JOB_STATE_CANCELLED', error}));

    assert.equal((await jobs.find('7'))?.fault, undefined);
  });

  const states = {
    JOB_STATE_QUEUED: 'waiting',
    JOB_STATE_PENDING: 'waiting',
    JOB_STATE_RUNNING: 'running',
    JOB_STATE_CANCELLING: 'running',
    JOB_STATE_SUCCEEDED: 'succeeded',
    JOB_STATE_PARTIALLY_SUCCEEDED: 'succeeded',
    JOB_STATE_FAILED: 'failed',
    JOB_STATE_EXPIRED: 'failed',
    JOB_STATE_CANCELLED: 'cancelled',
  };
  for (const [theirs, ours] of Object.entries(states)) {
    it(`call ${theirs} ${ours}`, async () => {
      const jobs = await jobsOf(script.answer({name: 'a/7', state: theirs}));

      assert.equal((await jobs.find('7'))?.state, ours);
    });
  }
});
