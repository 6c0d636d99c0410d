import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {json} from 'node:stream/consumers';
import {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {readConfig} from '../../../shared/config.ts';
import {tuneSchema} from '../../../shared/domain/study.ts';
import {studySpecOf, vertexJobsGateway} from '../../../shared/gateways/vertex-jobs.ts';
import type {JobRequest, Jobs} from '../../../shared/ports.ts';

const ENV = {
  GOOGLE_CLOUD_PROJECT: 'the-project',
  MILLRACE_DATA_BUCKET: 'the-data',
  MILLRACE_RUNS_BUCKET: 'the-runs',
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
const LABELS = {millrace_run: 'r1', millrace_effect: 'r1-tune', millrace_attempt: '2'};

interface Call {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: unknown;
}

/** A service that gives the scripted answers, one after the other, and remembers what it was asked. */
class Script {
  readonly calls: Call[] = [];
  readonly #answers: {status: number; body: object}[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const {method, url} = request;
      this.calls.push({method, url, body: method === 'POST' ? await json(request) : undefined});
      const {status, body} = this.#answers.shift() ?? {status: 404, body: {error: {code: 404}}};
      response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body));
    });
  }

  answer(body: object, status = 200): this {
    this.#answers.push({status, body});
    return this;
  }

  async jobs(env: Record<string, string> = {}): Promise<Jobs> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const {port} = this.#server.address() as AddressInfo;
    const {locations} = new aiplatform_v1.Aiplatform({rootUrl: `http://127.0.0.1:${port}/`}).projects;
    const vertex = {parent: PARENT, locations: async () => locations};
    return vertexJobsGateway(readConfig({...ENV, ...env}), vertex);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

describe('the Vertex AI jobs', () => {
  let script: Script;

  beforeEach(() => {
    script = new Script();
  });

  afterEach(() => script.close());

  it('start a tuning job that can be found by its effect and never restarts by itself', async () => {
    const jobs = await script.answer({name: `${PARENT}/hyperparameterTuningJobs/7`}).jobs();

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
    const jobs = await script
      .answer({name: `${PARENT}/customJobs/8`})
      .jobs({MILLRACE_TRAINER_ACCOUNT: 'trainer@the-project.iam.gserviceaccount.com'});

    assert.equal(await jobs.startTraining(REQUEST), `${PARENT}/customJobs/8`);
    assert.deepEqual(script.calls[0]?.body, {
      displayName: 'r1-tune',
      labels: LABELS,
      jobSpec: {...JOB_SPEC, serviceAccount: 'trainer@the-project.iam.gserviceaccount.com'},
    });
  });

  it('send a create request once, whatever comes back', async () => {
    const jobs = await script
      .answer({error: {code: 503}}, 503)
      .answer({name: 'second'})
      .jobs();

    await assert.rejects(jobs.startTraining(REQUEST), {name: 'RetryableError'});

    assert.equal(script.calls.length, 1);
  });

  it('tell a refusal from an answer that never came', async () => {
    const jobs = await script
      .answer({error: {code: 429}}, 429)
      .answer({error: {code: 400}}, 400)
      .jobs();

    await assert.rejects(jobs.startTraining(REQUEST), {name: 'RefusedError'});
    await assert.rejects(jobs.startTraining(REQUEST), {name: 'PermanentError', code: 'SERVICE_REFUSED'});
  });

  it('do not take a create without a name for done', async () => {
    const jobs = await script.answer({}).jobs();

    await assert.rejects(jobs.startTraining(REQUEST), {
      name: 'RetryableError',
      message: /without the job name/,
    });
  });

  it('find a job of either kind by its effect', async () => {
    const jobs = await script
      .answer({hyperparameterTuningJobs: [{name: 'tuning-7'}]})
      .answer({customJobs: [{name: 'custom-8'}]})
      .answer({})
      .jobs();

    assert.equal(await jobs.findByEffect('tuning', 'r1-tune'), 'tuning-7');
    assert.equal(await jobs.findByEffect('training', 'r1-train'), 'custom-8');
    assert.equal(await jobs.findByEffect('training', 'r2-train'), undefined);
    const filter = encodeURIComponent('labels.millrace_effect="r1-tune"');
    assert.equal(script.calls[0]?.url, `/v1/${PARENT}/hyperparameterTuningJobs?filter=${filter}`);
  });

  it('read trials in the words of the domain', async () => {
    const name = `${PARENT}/hyperparameterTuningJobs/7`;
    const measured = (value?: unknown) => ({finalMeasurement: {metrics: [{metricId: 'accuracy', value}]}});
    const jobs = await script
      .answer({
        name,
        state: 'JOB_STATE_SUCCEEDED',
        labels: LABELS,
        trials: [
          {id: '1', state: 'SUCCEEDED', parameters: [{parameterId: 'alpha', value: 0.1}], ...measured(0.9)},
          {id: '2', state: 'SUCCEEDED', parameters: [{parameterId: 'kind', value: 'l2'}], ...measured(0)},
          {id: '3', state: 'SUCCEEDED', ...measured('NaN')},
          {id: '4', state: 'INFEASIBLE', infeasibleReason: 'exit code 1'},
          {id: '5', state: 'ACTIVE'},
          {id: '6', state: 'STATE_UNSPECIFIED'},
        ],
      })
      .jobs();

    assert.deepEqual(await jobs.find('7'), {
      name,
      id: '7',
      kind: 'tuning',
      state: 'succeeded',
      runId: 'r1',
      trials: [
        {id: '1', state: 'succeeded', parameters: {alpha: 0.1}, metric: 0.9},
        {id: '2', state: 'succeeded', parameters: {kind: 'l2'}, metric: 0},
        {id: '3', state: 'succeeded', parameters: {}},
        {id: '4', state: 'infeasible', parameters: {}, why: 'exit code 1'},
        {id: '5', state: 'active', parameters: {}},
        {id: '6', state: 'requested', parameters: {}},
      ],
    });
  });

  it('look for a training job when there is no tuning job of that id', async () => {
    const job = {
      name: `${PARENT}/customJobs/8`,
      state: 'JOB_STATE_FAILED',
      error: {message: 'out of memory'},
    };
    const jobs = await script
      .answer({error: {code: 404}}, 404)
      .answer(job)
      .jobs();

    assert.deepEqual(await jobs.find('8'), {
      name: job.name,
      id: '8',
      kind: 'training',
      state: 'failed',
      why: 'out of memory',
      trials: [],
    });
    assert.equal(await jobs.find('9'), undefined);
  });

  const states = {
    JOB_STATE_QUEUED: 'waiting',
    JOB_STATE_PENDING: 'waiting',
    JOB_STATE_RUNNING: 'running',
    JOB_STATE_SUCCEEDED: 'succeeded',
    JOB_STATE_PARTIALLY_SUCCEEDED: 'succeeded',
    JOB_STATE_FAILED: 'failed',
    JOB_STATE_EXPIRED: 'failed',
    JOB_STATE_CANCELLED: 'cancelled',
  };
  for (const [theirs, ours] of Object.entries(states)) {
    it(`call ${theirs} ${ours}`, async () => {
      const jobs = await script.answer({name: 'a/7', state: theirs}).jobs();

      assert.equal((await jobs.find('7'))?.state, ours);
    });
  }
});

describe('studySpecOf', () => {
  it('says every kind of parameter and scale in the words of Vertex AI', () => {
    const spec = studySpecOf({
      ...TUNE,
      goal: 'minimize',
      algorithm: 'random',
      parameters: {
        alpha: {double: [1e-5, 0.1], scale: 'log'},
        depth: {integer: [1, 8], scale: 'reverse-log'},
        rate: {double: [0, 1], scale: 'linear'},
        max_iter: {discrete: [200, 500]},
        penalty: {categorical: ['l1', 'l2']},
      },
    });

    assert.deepEqual(spec, {
      metrics: [{metricId: 'accuracy', goal: 'MINIMIZE'}],
      algorithm: 'RANDOM_SEARCH',
      parameters: [
        {parameterId: 'alpha', scaleType: 'UNIT_LOG_SCALE', doubleValueSpec: {minValue: 1e-5, maxValue: 0.1}},
        {
          parameterId: 'depth',
          scaleType: 'UNIT_REVERSE_LOG_SCALE',
          integerValueSpec: {minValue: '1', maxValue: '8'},
        },
        {parameterId: 'rate', scaleType: 'UNIT_LINEAR_SCALE', doubleValueSpec: {minValue: 0, maxValue: 1}},
        {parameterId: 'max_iter', discreteValueSpec: {values: [200, 500]}},
        {parameterId: 'penalty', categoricalValueSpec: {values: ['l1', 'l2']}},
      ],
    });
  });

  it('leaves the algorithm to Vertex AI when it is bayesian, its default', () => {
    assert.equal(studySpecOf(TUNE).algorithm, 'ALGORITHM_UNSPECIFIED');
    assert.equal(studySpecOf({...TUNE, algorithm: 'grid'}).algorithm, 'GRID_SEARCH');
    assert.equal(studySpecOf(TUNE).metrics?.[0]?.goal, 'MAXIMIZE');
  });
});
