import assert from 'node:assert/strict';
import {join} from 'node:path';
import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {appeared} from '../support/appeared.ts';
import {refused} from '../support/service-cloud.ts';
import {NUMBERED, PARENT, VertexCloud} from './support/vertex-cloud.ts';

type CustomJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1CustomJob;

const IMAGES = {
  'printer:1': 'echo "args:$*"; env | sort; exit 3',
  'good:1': 'exit 0',
  'endless:1': 'touch "$FLAG"; exec sleep 60',
  'once:1': 'if test -e "$FLAG"; then exit 0; fi; touch "$FLAG"; exec sleep 60',
};

describe('custom jobs', () => {
  let cloud: VertexCloud;
  before(async () => {
    cloud = await VertexCloud.open(IMAGES);
  });
  after(() => cloud.close());

  const create = async (changes: Partial<CustomJob>): Promise<CustomJob> => {
    const requestBody = {displayName: 'train', ...jobOf({imageUri: 'good:1'}), ...changes};
    return (await cloud.api.customJobs.create({parent: PARENT, requestBody})).data;
  };
  const get = async ({name}: CustomJob) => (await cloud.api.customJobs.get({name: name ?? ''})).data;

  it('comes back queued, under the project number and a numeric id', async () => {
    const job = await create({labels: {run: 'r1'}});

    assert.match(job.name ?? '', new RegExp(`^${NUMBERED}/customJobs/\\d+$`));
    assert.equal(job.state, 'JOB_STATE_QUEUED');
    await cloud.ended(job.name);
  });

  it('succeeds when the container exits with 0, and logs it once', async () => {
    const job = await create({});
    const entry = await cloud.ended(job.name);
    const done = await get(job);

    assert.equal(done.state, 'JOB_STATE_SUCCEEDED');
    assert.equal(done.error, undefined);
    assert.ok(
      (done.createTime ?? '') <= (done.startTime ?? '') && (done.startTime ?? '') <= (done.endTime ?? ''),
    );
    const id = job.name?.split('/').at(-1) ?? '';
    assert.equal(entry.logName, `projects/demo/logs/ml.googleapis.com%2F${id}`);
    assert.deepEqual(entry.resource, {
      type: 'ml_job',
      labels: {project_id: 'demo', job_id: id, task_name: 'service'},
    });
    assert.deepEqual([entry.severity, entry.textPayload], ['INFO', 'Job completed successfully.']);
    assert.equal(cloud.entries.filter(({resource}) => resource?.labels?.job_id === id).length, 1);
  });

  it('fails with the exit code and the log of the container', async () => {
    const job = await create(
      jobOf(
        {imageUri: 'printer:1', args: ['--a=1', 'two words'], env: [{name: 'RUN', value: 'r1'}]},
        {baseOutputDirectory: {outputUriPrefix: 'gs://runs/r1/final'}},
      ),
    );
    const entry = await cloud.ended(job.name);
    const {state, error} = await get(job);

    assert.equal(state, 'JOB_STATE_FAILED');
    assert.equal(error?.code, 3);
    const lines = error?.message?.split('\n') ?? [];
    assert.equal(lines[0], 'The replica workerpool0-0 exited with a non-zero status of 3.');
    assert.equal(lines[1], 'args:--a=1 two words');
    for (const variable of [
      'RUN=r1',
      'STORAGE_EMULATOR_HOST=http://127.0.0.1:9',
      'AIP_MODEL_DIR=gs://runs/r1/final/model/',
      'AIP_CHECKPOINT_DIR=gs://runs/r1/final/checkpoints/',
      'AIP_TENSORBOARD_LOG_DIR=gs://runs/r1/final/logs/',
      'CLOUD_ML_PROJECT_ID=demo',
      `CLOUD_ML_JOB_ID=${job.name?.split('/').at(-1)}`,
    ]) {
      assert.ok(lines.includes(variable), `${variable} in ${lines}`);
    }
    assert.deepEqual([entry.severity, entry.textPayload], ['ERROR', 'Job failed.']);
  });

  it('fails when there is no such image', async () => {
    const job = await create(jobOf({imageUri: 'nobody:9'}));
    await cloud.ended(job.name);

    assert.match((await get(job)).error?.message ?? '', /could not start: Image 'nobody:9' not found/);
  });

  it('fails when the container outlives its timeout', async () => {
    const job = await create(
      jobOf(
        {imageUri: 'endless:1', env: [{name: 'FLAG', value: '/dev/null'}]},
        {scheduling: {timeout: '0.05s'}},
      ),
    );
    await cloud.ended(job.name);

    const {state, error} = await get(job);
    assert.equal(state, 'JOB_STATE_FAILED');
    assert.match(error?.message ?? '', /longer than its timeout of 0.05s/);
  });

  it('kills the container of a cancelled job', async () => {
    const job = await create(jobOf({imageUri: 'endless:1', env: [{name: 'FLAG', value: '/dev/null'}]}));
    await cloud.api.customJobs.cancel({name: job.name ?? ''});
    const entry = await cloud.ended(job.name);

    const {state, error} = await get(job);
    assert.equal(state, 'JOB_STATE_CANCELLED');
    assert.deepEqual(error, {code: 1, message: 'CANCELED'});
    assert.equal(entry.textPayload, 'Job cancelled.');
  });

  it('starts again after a restart of the cloud', async () => {
    const flag = join(cloud.folder, 'started');
    const job = await create(jobOf({imageUri: 'once:1', env: [{name: 'FLAG', value: flag}]}));
    await appeared(flag);
    const {startTime} = await get(job);
    await cloud.restart();
    await cloud.ended(job.name);

    const done = await get(job);
    assert.equal(done.state, 'JOB_STATE_SUCCEEDED');
    assert.equal(done.startTime, startTime);
  });

  it('lists newest first, by label, name, state and time, in pages', async () => {
    for (const [displayName, run] of [
      ['list-1', 'l1'],
      ['list-2', 'l2'],
      ['list-3', 'l2'],
    ] as const) {
      const {name} = await create({displayName, labels: {run}});
      await cloud.ended(name);
    }
    const names = async (filter: string, page: {pageSize?: number; pageToken?: string} = {}) => {
      const {data} = await cloud.api.customJobs.list({parent: PARENT, filter, ...page});
      return {names: data.customJobs?.map(({displayName}) => displayName), next: data.nextPageToken};
    };

    assert.deepEqual((await names('labels.run="l2"')).names, ['list-3', 'list-2']);
    assert.deepEqual((await names('labels.run=l2 AND NOT display_name="list-3"')).names, ['list-2']);
    assert.deepEqual(
      (await names('labels.run:* AND displayName:"list-*" AND state="JOB_STATE_FAILED"')).names,
      [],
    );
    assert.deepEqual((await names('display_name:"list-*" AND create_time>"2999-01-01T00:00:00Z"')).names, []);
    const first = await names('display_name:"list-*"', {pageSize: 2});
    assert.deepEqual(first.names, ['list-3', 'list-2']);
    const second = await names('display_name:"list-*"', {pageSize: 2, pageToken: first.next ?? ''});
    assert.deepEqual(second, {names: ['list-1'], next: undefined});
  });

  it('forgets a deleted job', async () => {
    const job = await create({});
    await cloud.ended(job.name);
    const {data: operation} = await cloud.api.customJobs.delete({name: job.name ?? ''});

    assert.equal((await cloud.done(operation)).error, undefined);
    await refused(get(job), 404, /not found/);
  });

  it('is refused with an unknown field, a missing one or a wrong value', async () => {
    const {jobSpec = {}} = jobOf({imageUri: 'good:1'});
    const pool = jobSpec.workerPoolSpecs?.[0] ?? {};
    const cases: [CustomJob & Record<string, unknown>, RegExp][] = [
      [{displayName: 'x', jobSpec, colour: 'red'}, /Unknown name "colour": Cannot find field/],
      [
        {displayName: 'x', jobSpec: {...jobSpec, ...{speed: 1}}},
        /Unknown name "speed" at 'jobSpec': Cannot find field/,
      ],
      [{jobSpec}, /'displayName'/],
      [{displayName: 'x'}, /'jobSpec'/],
      [{displayName: 'x', jobSpec: {workerPoolSpecs: [pool, pool]}}, /exactly one worker pool/],
      [{displayName: 'x', jobSpec: {workerPoolSpecs: [{...pool, replicaCount: '2'}]}}, /exactly one replica/],
      [
        {displayName: 'x', jobSpec: {...jobSpec, scheduling: {timeout: '2h'}}},
        /'jobSpec.scheduling.timeout'/,
      ],
      [{displayName: 'x', jobSpec: {...jobSpec, scheduling: {strategy: 'FAST'}}}, /scheduling.strategy/],
      [{displayName: 'x', jobSpec, labels: {Run: 'R'}}, /labels/],
    ];
    for (const [requestBody, message] of cases) {
      await refused(cloud.api.customJobs.create({parent: PARENT, requestBody}), 400, message);
    }
  });

  it('is refused to cancel after its end and to delete before it', async () => {
    const job = await create(jobOf({imageUri: 'endless:1', env: [{name: 'FLAG', value: '/dev/null'}]}));
    await refused(cloud.api.customJobs.delete({name: job.name ?? ''}), 400, /has not ended/);
    await cloud.api.customJobs.cancel({name: job.name ?? ''});
    await cloud.ended(job.name);

    await refused(cloud.api.customJobs.cancel({name: job.name ?? ''}), 400, /has ended/);
  });

  it('is refused in a project of somebody else', async () => {
    const parent = 'projects/other/locations/us-central1';
    await refused(cloud.api.customJobs.list({parent}), 403, /Permission denied on resource project other/);
  });

  it('is refused to list by a filter the service does not know', async () => {
    for (const filter of ['owner="me"', 'state>"A"', 'labels.run="a" AND', 'labels.run:"x"', 'pageSize']) {
      await refused(cloud.api.customJobs.list({parent: PARENT, filter}), 400, /filter/i);
    }
    await refused(cloud.api.customJobs.list({parent: PARENT, pageToken: 'bm9uZQ'}), 400, /page token/);
  });
});

function jobOf(
  containerSpec: aiplatform_v1.Schema$GoogleCloudAiplatformV1ContainerSpec,
  spec: aiplatform_v1.Schema$GoogleCloudAiplatformV1CustomJobSpec = {},
): CustomJob {
  const pool = {machineSpec: {machineType: 'n1-standard-4'}, replicaCount: '1', containerSpec};
  return {jobSpec: {workerPoolSpecs: [pool], ...spec}};
}
