import assert from 'node:assert/strict';
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {appeared} from '../support/appeared.ts';
import {refused} from '../support/service-cloud.ts';
import {PARENT, VertexCloud} from './support/vertex-cloud.ts';

type TuningJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1HyperparameterTuningJob;
type StudySpec = aiplatform_v1.Schema$GoogleCloudAiplatformV1StudySpec;

/** Reports a metric in two steps, as the cloudml-hypertune package writes it. */
const REPORT = `
report() { printf '{"accuracy": "%s", "global_step": "%s", "trial": "%s"}\\n' $1 $2 $CLOUD_ML_TRIAL_ID >> $CLOUD_ML_HP_METRIC_FILE; }
`;

const IMAGES = {
  'good:1': `${REPORT} echo "$@" > $OUT/$CLOUD_ML_TRIAL_ID; env > $OUT/env; report 0.9 1; report 0.$CLOUD_ML_TRIAL_ID 2`,
  'odd-slow:1': `${REPORT} case $CLOUD_ML_TRIAL_ID in 1|3|5|7) sleep 0.1;; esac; report 0.$CLOUD_ML_TRIAL_ID 2`,
  'parabola:1': `${REPORT} report $(echo "$2" | awk -F= '{print 1 - ($2 - 0.7) ^ 2}') 1`,
  'falls-behind:1': `${REPORT} test $CLOUD_ML_TRIAL_ID = 2 || { report 0.9 1; exit 0; }; report 0.8 1; exec sleep 60`,
  'nan:1': `${REPORT} report nan 1`,
  'silent:1': 'exit 0',
  'broken:1': 'echo first; echo "no such column" >&2; exit 7',
  'second-fails:1': `${REPORT} test $CLOUD_ML_TRIAL_ID = 2 && exit 7; report 0.5 1`,
  'pair:1': `${REPORT} touch $OUT/$CLOUD_ML_TRIAL_ID; until test -e $OUT/1 -a -e $OUT/2; do :; done; report 0.5 1`,
  'endless:1': 'exec sleep 60',
  'resumed:1': `${REPORT} echo run >> $OUT/$CLOUD_ML_TRIAL_ID; touch $OUT/ran-$CLOUD_ML_TRIAL_ID; report 0.5 1; test -e $OUT/go || test $CLOUD_ML_TRIAL_ID = 1 || exec sleep 60`,
};

describe('tuning jobs', () => {
  let cloud: VertexCloud;
  let folders = 0;
  before(async () => {
    cloud = await VertexCloud.open(IMAGES);
  });
  after(() => cloud.close());

  /** Creates a job whose trials write to a folder of their own. */
  const create = async (imageUri: string, changes: Partial<TuningJob> = {}) => {
    const out = join(cloud.folder, `out-${folders++}`);
    await mkdir(out);
    const requestBody = {...tuningJob(imageUri, out), ...changes};
    const {data} = await cloud.api.hyperparameterTuningJobs.create({parent: PARENT, requestBody});
    return {name: data.name ?? '', out};
  };
  const get = async (name: string) => (await cloud.api.hyperparameterTuningJobs.get({name})).data;
  const finished = async (imageUri: string, changes: Partial<TuningJob> = {}) => {
    const {name, out} = await create(imageUri, changes);
    await cloud.ended(name);
    return {job: await get(name), out};
  };

  it('runs one container per trial with its parameters as the last arguments', async () => {
    const {job, out} = await finished('good:1');

    assert.equal(job.state, 'JOB_STATE_SUCCEEDED');
    assert.deepEqual((await readdir(out)).sort(), ['1', '2', '3', '4', 'env']);
    for (const {id, state, parameters, startTime, endTime} of job.trials ?? []) {
      assert.equal(state, 'SUCCEEDED');
      assert.ok((startTime ?? '') <= (endTime ?? ''));
      const flags = (parameters ?? []).map(({parameterId, value}) => `--${parameterId}=${value}`);
      assert.equal((await readFile(join(out, id ?? ''), 'utf8')).trim(), ['--hptune', ...flags].join(' '));
    }
  });

  it('tells the container its trial, its metric and its folders', async () => {
    const {job, out} = await finished('good:1', {maxTrialCount: 1});

    const env = (await readFile(join(out, 'env'), 'utf8')).split('\n');
    for (const variable of [
      'CLOUD_ML_TRIAL_ID=1',
      'CLOUD_ML_HP_METRIC_TAG=accuracy',
      `CLOUD_ML_JOB_ID=${job.name?.split('/').at(-1)}`,
      'AIP_MODEL_DIR=gs://runs/r1/tune/1/model/',
      'AIP_CHECKPOINT_DIR=gs://runs/r1/tune/1/checkpoints/',
      'AIP_TENSORBOARD_LOG_DIR=gs://runs/r1/tune/1/logs/',
      'STORAGE_EMULATOR_HOST=http://127.0.0.1:9',
    ]) {
      assert.ok(env.includes(variable), variable);
    }
  });

  it('takes the last measurement, or the best when the study says so', async () => {
    const measured = async (study: StudySpec) => {
      const {job} = await finished('good:1', {maxTrialCount: 1, studySpec: {...studySpec, ...study}});
      return job.trials?.[0]?.finalMeasurement;
    };

    assert.deepEqual(await measured({}), {stepCount: '2', metrics: [{metricId: 'accuracy', value: 0.1}]});
    assert.deepEqual(await measured({measurementSelectionType: 'BEST_MEASUREMENT'}), {
      stepCount: '1',
      metrics: [{metricId: 'accuracy', value: 0.9}],
    });
  });

  it('lists trials neither by id nor by metric', async () => {
    const {job} = await finished('good:1');

    const ids = job.trials?.map(({id}) => id) ?? [];
    assert.notDeepEqual(ids, ids.toSorted());
    assert.notDeepEqual(ids, ids.toSorted().reverse());
  });

  it('suggests the same trials for the same study, whichever trial ends first', async () => {
    const parametersOf = async (image: string) => {
      const {job} = await finished(image, {maxTrialCount: 8, parallelTrialCount: 3});
      return Object.fromEntries((job.trials ?? []).map(({id, parameters}) => [id, parameters]));
    };

    assert.deepEqual(await parametersOf('good:1'), await parametersOf('odd-slow:1'));
  });

  it('runs trials in parallel', async () => {
    const {job} = await finished('pair:1', {maxTrialCount: 2, parallelTrialCount: 2});

    assert.equal(job.state, 'JOB_STATE_SUCCEEDED');
  });

  it('ends with the grid when that has fewer points than trials', async () => {
    const parameters = [
      {parameterId: 'depth', integerValueSpec: {minValue: '2', maxValue: '3'}},
      {parameterId: 'loss', categoricalValueSpec: {values: ['log', 'hinge']}},
    ];
    const {job} = await finished('good:1', {
      maxTrialCount: 9,
      studySpec: {...studySpec, parameters, algorithm: 'GRID_SEARCH'},
    });

    const points = job.trials?.map((trial) => trial.parameters?.map(({value}) => value).join()).sort();
    assert.deepEqual(points, ['2,hinge', '2,log', '3,hinge', '3,log']);
  });

  it('searches where the earlier trials were better', async () => {
    const parameters = [{parameterId: 'x', doubleValueSpec: {minValue: 0, maxValue: 1}}];
    const {job} = await finished('parabola:1', {
      maxTrialCount: 10,
      parallelTrialCount: 1,
      studySpec: {...studySpec, parameters},
    });

    const nearest = job.trials?.map((trial) => Math.abs(Number(trial.parameters?.[0]?.value) - 0.7)) ?? [];
    assert.ok(Math.min(...nearest) < 0.01, `the nearest trial is ${Math.min(...nearest)} away`);
  });

  it('calls a trial infeasible that measured nothing, without failing the job', async () => {
    for (const [image, reason] of [
      ['nan:1', /not a finite number/],
      ['silent:1', /reported no metric/],
    ] as const) {
      const {job} = await finished(image, {maxFailedTrialCount: 1});

      assert.equal(job.state, 'JOB_STATE_SUCCEEDED');
      for (const {state, infeasibleReason, finalMeasurement} of job.trials ?? []) {
        assert.equal(state, 'INFEASIBLE');
        assert.match(infeasibleReason ?? '', reason);
        assert.equal(finalMeasurement, undefined);
      }
    }
  });

  it('lives with fewer failed trials than maxFailedTrialCount', async () => {
    const {job} = await finished('second-fails:1', {maxFailedTrialCount: 2});

    assert.equal(job.state, 'JOB_STATE_SUCCEEDED');
    const second = job.trials?.find(({id}) => id === '2');
    assert.equal(second?.state, 'INFEASIBLE');
    assert.match(second?.infeasibleReason ?? '', /non-zero status of 7/);
  });

  it('fails at maxFailedTrialCount failed trials and starts no more', async () => {
    const {job} = await finished('broken:1', {maxFailedTrialCount: 2, parallelTrialCount: 1});

    assert.equal(job.state, 'JOB_STATE_FAILED');
    assert.equal(job.trials?.length, 2);
    assert.equal(
      job.error?.message,
      'Too many trials failed (2). Trial 2: The replica workerpool0-0 exited with a non-zero status of 7. Last log line: no such column',
    );
  });

  it('fails without a maxFailedTrialCount only when every trial failed', async () => {
    assert.equal((await finished('second-fails:1')).job.state, 'JOB_STATE_SUCCEEDED');
    const {job} = await finished('broken:1');

    assert.equal(job.state, 'JOB_STATE_FAILED');
    assert.equal(job.trials?.length, 4);
  });

  it('stops a trial that falls behind, and counts what it reported', async () => {
    const rules = {...studySpec, medianAutomatedStoppingSpec: {}};
    const {job} = await finished('falls-behind:1', {
      maxTrialCount: 3,
      parallelTrialCount: 1,
      studySpec: rules,
    });

    assert.equal(job.state, 'JOB_STATE_SUCCEEDED');
    const second = job.trials?.find(({id}) => id === '2');
    assert.equal(second?.state, 'SUCCEEDED');
    assert.equal(second?.finalMeasurement?.metrics?.[0]?.value, 0.8);
    assert.ok(second?.endTime);
  });

  it('kills running trials when it is cancelled', async () => {
    const {name} = await create('endless:1');
    await cloud.api.hyperparameterTuningJobs.cancel({name});
    const entry = await cloud.ended(name);

    const job = await get(name);
    assert.equal(job.state, 'JOB_STATE_CANCELLED');
    assert.equal(entry.textPayload, 'Job cancelled.');
    assert.ok(job.trials?.every(({state}) => state === 'INFEASIBLE'));
  });

  it('goes on after a restart with the trials that have not succeeded', async () => {
    const {name, out} = await create('resumed:1', {maxTrialCount: 3, parallelTrialCount: 1});
    await appeared(join(out, 'ran-2'));
    await writeFile(join(out, 'go'), '');
    await cloud.restart();
    await cloud.ended(name);

    assert.equal((await get(name)).state, 'JOB_STATE_SUCCEEDED');
    assert.equal(await readFile(join(out, '1'), 'utf8'), 'run\n');
    assert.equal(await readFile(join(out, '2'), 'utf8'), 'run\nrun\n');
    assert.equal(await readFile(join(out, '3'), 'utf8'), 'run\n');
  });

  it('is refused with a study that contradicts itself', async () => {
    const parameters = [{parameterId: 'alpha', doubleValueSpec: {minValue: 1, maxValue: 0}}];
    await refused(create('good:1', {studySpec: {...studySpec, parameters}}), 400, /greater than maxValue/);
  });

  it('is refused without its counts', async () => {
    await refused(create('good:1', {maxTrialCount: 0}), 400, /maxTrialCount/);
    await refused(create('good:1', {parallelTrialCount: 0}), 400, /parallelTrialCount/);
    await refused(create('good:1', {maxFailedTrialCount: -1}), 400, /maxFailedTrialCount/);
  });

  it('is not found under a custom job name', async () => {
    const {job} = await finished('good:1', {maxTrialCount: 1});
    const name = (job.name ?? '').replace('hyperparameterTuningJobs', 'customJobs');
    await refused(cloud.api.customJobs.get({name}), 404, /not found/);
  });
});

const studySpec: StudySpec = {
  metrics: [{metricId: 'accuracy', goal: 'MAXIMIZE'}],
  parameters: [
    {parameterId: 'alpha', scaleType: 'UNIT_LOG_SCALE', doubleValueSpec: {minValue: 1e-5, maxValue: 0.1}},
    {parameterId: 'max_iter', discreteValueSpec: {values: [200, 500]}},
    {parameterId: 'depth', integerValueSpec: {minValue: '2', maxValue: '8'}},
    {parameterId: 'loss', categoricalValueSpec: {values: ['log', 'hinge']}},
  ],
};

function tuningJob(imageUri: string, out: string): TuningJob {
  const containerSpec = {imageUri, args: ['--hptune'], env: [{name: 'OUT', value: out}]};
  return {
    displayName: 'tune',
    studySpec,
    maxTrialCount: 4,
    parallelTrialCount: 2,
    trialJobSpec: {
      workerPoolSpecs: [{machineSpec: {machineType: 'n1-standard-4'}, replicaCount: '1', containerSpec}],
      baseOutputDirectory: {outputUriPrefix: 'gs://runs/r1/tune'},
    },
  };
}
