import assert from 'node:assert/strict';
import {join} from 'node:path';
import type {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';
import {appeared} from '../support/appeared.ts';
import {refused, type ServiceCloud} from '../support/service-cloud.ts';
import {clientOf, openMl, PARENT} from './support/ml-cloud.ts';

type Job = ml_v1.Schema$GoogleCloudMlV1__Job;
type TrainingInput = ml_v1.Schema$GoogleCloudMlV1__TrainingInput;

const IMAGES = {
  'good:1': 'exit 0',
  'printer:1': 'echo "args:$*"; env | sort; exit 3',
  'endless:1': 'touch "$1"; exec sleep 60',
  'once:1': 'if test -e "$1"; then exit 0; fi; touch "$1"; exec sleep 60',
};

const INPUT: TrainingInput = {
  region: 'us-central1',
  scaleTier: 'CUSTOM',
  masterType: 'n1-standard-4',
  masterConfig: {imageUri: 'good:1'},
};

describe('jobs of AI Platform', () => {
  let cloud: ServiceCloud;
  let jobs = 0;
  before(async () => {
    cloud = await openMl(IMAGES);
  });
  after(() => cloud.close());

  const create = async (changes: TrainingInput = {}, rest: Job = {}): Promise<Job> => {
    const requestBody = {jobId: `job_${jobs++}`, trainingInput: {...INPUT, ...changes}, ...rest};
    return (await clientOf(cloud).jobs.create({parent: PARENT, requestBody})).data;
  };
  const get = async ({jobId}: Job) =>
    (await clientOf(cloud).jobs.get({name: `${PARENT}/jobs/${jobId}`})).data;
  const ended = async (job: Job) => {
    await cloud.ended(job.jobId);
    return get(job);
  };

  it('are queued under the id that the caller chose', async () => {
    const job = await create({}, {jobId: 'tune_r1_a1', labels: {run: 'r1'}});

    assert.deepEqual([job.jobId, job.state, job.labels], ['tune_r1_a1', 'QUEUED', {run: 'r1'}]);
    await ended(job);
  });

  it('succeed when the container exits with 0, and log it once', async () => {
    const job = await ended(await create());

    assert.equal(job.state, 'SUCCEEDED');
    assert.equal(job.errorMessage, undefined);
    assert.ok((job.startTime ?? '') <= (job.endTime ?? ''));
    const entries = cloud.entries.filter(({resource}) => resource?.labels?.job_id === job.jobId);
    assert.deepEqual(
      entries.map(({resource, textPayload}) => [resource?.type, textPayload]),
      [['ml_job', 'Job completed successfully.']],
    );
  });

  it('give the container its arguments, then the job folder, and tell it the job', async () => {
    const job = await ended(
      await create({
        masterConfig: {imageUri: 'printer:1'},
        args: ['--a=1', 'two words'],
        jobDir: 'gs://b/jobs/r1',
      }),
    );

    assert.equal(job.state, 'FAILED');
    assert.match(job.errorMessage ?? '', /^The replica master 0 exited with a non-zero status of 3\./);
    assert.match(job.errorMessage ?? '', /args:--a=1 two words --job-dir gs:\/\/b\/jobs\/r1\n/);
    assert.match(job.errorMessage ?? '', new RegExp(`CLOUD_ML_JOB_ID=${job.jobId}\n`));
    assert.match(job.errorMessage ?? '', /STORAGE_EMULATOR_HOST=http:\/\/127.0.0.1:9/);
    assert.doesNotMatch(job.errorMessage ?? '', /AIP_/);
  });

  it('fail when they run longer than they may', async () => {
    const flag = join(cloud.folder, 'late');
    const job = await ended(
      await create({
        masterConfig: {imageUri: 'endless:1'},
        args: [flag],
        scheduling: {maxRunningTime: '0.1s'},
      }),
    );

    assert.match(job.errorMessage ?? '', /ran longer than its timeout of 0.1s/);
  });

  it('are cancelled, and then stay so', async () => {
    const flag = join(cloud.folder, 'endless');
    const job = await create({masterConfig: {imageUri: 'endless:1'}, args: [flag]});
    await appeared(flag);
    const name = `${PARENT}/jobs/${job.jobId}`;

    await clientOf(cloud).jobs.cancel({name});

    assert.equal((await ended(job)).state, 'CANCELLED');
    await refused(clientOf(cloud).jobs.cancel({name}), 400, /has ended/);
  });

  it('go on after a restart', async () => {
    const flag = join(cloud.folder, 'once');
    const job = await create({masterConfig: {imageUri: 'once:1'}, args: [flag]});
    await appeared(flag);

    await cloud.restart();

    assert.equal((await ended(job)).state, 'SUCCEEDED');
  });

  it('are listed by id, state, time and label, page by page', async () => {
    for (const part of ['a', 'b', 'c'])
      await ended(await create({}, {jobId: `listed_${part}`, labels: {part}}));
    const list = async (query: {filter?: string; pageSize?: number; pageToken?: string}) => {
      const {data} = await clientOf(cloud).jobs.list({parent: PARENT, ...query});
      return {ids: data.jobs?.map(({jobId}) => jobId).sort(), token: data.nextPageToken};
    };

    assert.deepEqual((await list({filter: 'jobId:listed_*'})).ids, ['listed_a', 'listed_b', 'listed_c']);
    assert.deepEqual((await list({filter: 'labels.part="b"'})).ids, ['listed_b']);
    assert.deepEqual((await list({filter: 'labels.part:* AND state=FAILED'})).ids, []);
    assert.deepEqual((await list({filter: 'createTime>="2199-01-01T00:00:00Z"'})).ids, []);
    const first = await list({filter: 'jobId:listed_*', pageSize: 2});
    const rest = await list({
      filter: 'jobId:listed_*',
      pageSize: 2,
      ...(first.token && {pageToken: first.token}),
    });
    assert.deepEqual([first.ids?.length, rest.ids?.length, rest.token], [2, 1, undefined]);
  });

  it('are refused twice under one id, also when the first has ended', async () => {
    await ended(await create({}, {jobId: 'twice'}));

    await refused(create({}, {jobId: 'twice'}), 409, /A job with this id already exists/);
  });

  it('are refused in a project of somebody else, and are not found where there is none', async () => {
    const {jobs: api} = clientOf(cloud);

    await refused(api.get({name: 'projects/other/jobs/x'}), 403, /denied/);
    await refused(api.get({name: `${PARENT}/jobs/nobody`}), 404, /not found/);
    await refused(api.list({parent: PARENT, filter: 'region=x'}), 400, /does not support/);
  });

  const refusals: readonly (readonly [string, TrainingInput, Job, RegExp])[] = [
    ['an id with a hyphen', {}, {jobId: 'tune-1'}, /start with a letter/],
    ['no machine for the custom tier', {scaleTier: 'CUSTOM', masterType: ''}, {}, /masterType/],
    ['a machine for another tier', {scaleTier: 'BASIC'}, {}, /only be set for the CUSTOM/],
    [
      'a package of Python',
      {pythonModule: 'trainer.task'},
      {},
      /pythonModule.*the local cloud does not offer this field/,
    ],
    ['workers', {workerCount: '2'}, {}, /workerCount/],
    [
      'arguments in two places',
      {args: ['a'], masterConfig: {imageUri: 'good:1', containerArgs: ['b']}},
      {},
      /mutually exclusive/,
    ],
    ['a wait that is too short', {scheduling: {maxWaitTime: '60s'}}, {}, /at least 1800s/],
    ['a tier that is none', {scaleTier: 'HUGE'}, {}, /scaleTier/],
    ['a folder that is none', {jobDir: '/tmp/jobs'}, {}, /gs:\/\/ URI/],
    ['a batch prediction', {}, {predictionInput: {modelName: 'm'}}, /predictionInput/],
  ];
  for (const [what, input, job, message] of refusals) {
    it(`are refused with ${what}`, () => refused(create(input, job), 400, message));
  }

  it('are refused with a field that nobody knows', async () => {
    const answer = await fetch(`${cloud.address}/v1/${PARENT}/jobs`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({jobId: 'odd', trainingInput: {...INPUT, masterTyp: 'n1'}}),
    });

    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /Unknown name \\"masterTyp\\"/);
  });
});
