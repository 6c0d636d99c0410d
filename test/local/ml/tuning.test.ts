import assert from 'node:assert/strict';
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';
import {appeared} from '../support/appeared.ts';
import {refused, type ServiceCloud} from '../support/service-cloud.ts';
import {clientOf, openMl, PARENT} from './support/ml-cloud.ts';

type HyperparameterSpec = ml_v1.Schema$GoogleCloudMlV1__HyperparameterSpec;
type ParameterSpec = ml_v1.Schema$GoogleCloudMlV1__ParameterSpec;

const REPORT = `
OUT=$1
report() { printf '{"accuracy": "%s", "global_step": "%s"}\\n' $1 $2 >> $CLOUD_ML_HP_METRIC_FILE; }
`;

const IMAGES = {
  'good:1': `${REPORT} echo "$@" > $OUT/$CLOUD_ML_TRIAL_ID; env > $OUT/env; report 0.$CLOUD_ML_TRIAL_ID 2`,
  'second-fails:1': `${REPORT} test $CLOUD_ML_TRIAL_ID = 2 && exit 7; report 0.5 1`,
  'silent:1': 'exit 0',
  'broken:1': 'echo "no such column" >&2; exit 7',
  'resumed:1': `${REPORT} echo run >> $OUT/$CLOUD_ML_TRIAL_ID; touch $OUT/ran-$CLOUD_ML_TRIAL_ID; report 0.5 1; test -e $OUT/go || test $CLOUD_ML_TRIAL_ID = 1 || exec sleep 60`,
  'falls-behind:1': `${REPORT} report 0.$((CLOUD_ML_TRIAL_ID < 6 ? 9 : 1)) 1; test $CLOUD_ML_TRIAL_ID = 6 && exec sleep 60; report 0.9 2`,
};

const HYPERPARAMETERS: HyperparameterSpec = {
  goal: 'MAXIMIZE',
  hyperparameterMetricTag: 'accuracy',
  maxTrials: 3,
  maxParallelTrials: 1,
  params: [
    {parameterName: 'alpha', type: 'DOUBLE', minValue: 0.001, maxValue: 0.1, scaleType: 'UNIT_LOG_SCALE'},
    {parameterName: 'max_iter', type: 'DISCRETE', discreteValues: [200, 500]},
    {parameterName: 'loss', type: 'CATEGORICAL', categoricalValues: ['log', 'hinge']},
  ],
};

describe('tuning jobs of AI Platform', () => {
  let cloud: ServiceCloud;
  let jobs = 0;
  before(async () => {
    cloud = await openMl(IMAGES);
  });
  after(() => cloud.close());

  /** Creates a job whose trials write to a folder of their own. */
  const create = async (imageUri: string, changes: HyperparameterSpec = {}) => {
    const jobId = `tune_${jobs++}`;
    const out = join(cloud.folder, jobId);
    await mkdir(out);
    const trainingInput = {
      region: 'us-central1',
      scaleTier: 'CUSTOM',
      masterType: 'n1-standard-4',
      masterConfig: {imageUri},
      args: [out, '--hptune'],
      jobDir: 'gs://b/jobs/r1',
      hyperparameters: {...HYPERPARAMETERS, ...changes},
    };
    await clientOf(cloud).jobs.create({parent: PARENT, requestBody: {jobId, trainingInput}});
    return {jobId, out};
  };
  const get = async (jobId: string) =>
    (await clientOf(cloud).jobs.get({name: `${PARENT}/jobs/${jobId}`})).data;
  const finished = async (imageUri: string, changes: HyperparameterSpec = {}) => {
    const {jobId, out} = await create(imageUri, changes);
    await cloud.ended(jobId);
    return {job: await get(jobId), out};
  };

  it('give each trial its hyperparameters, and a folder of its own last', async () => {
    const {job, out} = await finished('good:1');

    assert.equal(job.state, 'SUCCEEDED');
    for (const {trialId, hyperparameters} of job.trainingOutput?.trials ?? []) {
      const flags = Object.entries(hyperparameters ?? {}).map(([name, value]) => `--${name}=${value}`);
      const expected = [out, '--hptune', ...flags, '--job-dir', `gs://b/jobs/r1/${trialId}`].join(' ');
      assert.equal((await readFile(join(out, trialId ?? ''), 'utf8')).trim(), expected);
    }
    const env = (await readFile(join(out, 'env'), 'utf8')).split('\n');
    assert.ok(
      env.includes('CLOUD_ML_HP_METRIC_TAG=accuracy') && env.includes(`CLOUD_ML_JOB_ID=${job.jobId}`),
    );
  });

  it('tell of their trials with every value as text, in no order', async () => {
    const {job} = await finished('good:1', {maxTrials: 6});

    const {
      trials = [],
      completedTrialCount,
      isHyperparameterTuningJob,
      hyperparameterMetricTag,
    } = job.trainingOutput ?? {};
    assert.deepEqual(
      [completedTrialCount, isHyperparameterTuningJob, hyperparameterMetricTag],
      ['6', true, 'accuracy'],
    );
    const ids = trials.map(({trialId}) => trialId);
    assert.notDeepEqual(ids, ids.toSorted());
    for (const {trialId, state, hyperparameters, finalMetric} of trials) {
      assert.deepEqual(
        [state, finalMetric],
        ['SUCCEEDED', {trainingStep: '2', objectiveValue: Number(`0.${trialId}`)}],
      );
      assert.deepEqual(Object.keys(hyperparameters ?? {}), ['alpha', 'max_iter', 'loss']);
      assert.ok(Object.values(hyperparameters ?? {}).every((value) => typeof value === 'string'));
    }
  });

  it('have one trial and the default metric when nothing is said', async () => {
    const {params = []} = HYPERPARAMETERS;
    const trainingInput = {
      region: 'us-central1',
      masterConfig: {imageUri: 'silent:1'},
      hyperparameters: {params},
    };
    await clientOf(cloud).jobs.create({parent: PARENT, requestBody: {jobId: 'bare', trainingInput}});
    await cloud.ended('bare');

    const {trials, hyperparameterMetricTag} = (await get('bare')).trainingOutput ?? {};
    assert.deepEqual([trials?.length, hyperparameterMetricTag], [1, 'training/hptuning/metric']);
  });

  it('leave out the final metric of a trial that measured nothing, and call one that broke FAILED', async () => {
    const silent = await finished('silent:1', {maxTrials: 1});
    const broken = await finished('second-fails:1');

    const [trial] = silent.job.trainingOutput?.trials ?? [];
    assert.deepEqual(
      [silent.job.state, trial?.state, trial?.finalMetric],
      ['SUCCEEDED', 'SUCCEEDED', undefined],
    );
    const states = Object.fromEntries(
      broken.job.trainingOutput?.trials?.map(({trialId, state}) => [trialId, state]) ?? [],
    );
    assert.deepEqual(
      [broken.job.state, states],
      ['SUCCEEDED', {1: 'SUCCEEDED', 2: 'FAILED', 3: 'SUCCEEDED'}],
    );
  });

  it('fail when as many trials failed as may, with the last words of one', async () => {
    const {job} = await finished('broken:1', {maxFailedTrials: 2});

    assert.equal(job.state, 'FAILED');
    assert.match(job.errorMessage ?? '', /^Too many trials failed \(2\)\..*no such column/);
    assert.equal(job.trainingOutput?.trials?.length, 2);
  });

  it('stop a hopeless trial early when asked to, and say so', async () => {
    const {job} = await finished('falls-behind:1', {maxTrials: 6, enableTrialEarlyStopping: true});

    const stopped = job.trainingOutput?.trials?.filter(({isTrialStoppedEarly}) => isTrialStoppedEarly);
    assert.deepEqual(
      stopped?.map(({trialId, state}) => [trialId, state]),
      [['6', 'SUCCEEDED']],
    );
  });

  it('keep the trials that succeeded over a restart, and run the others again as they were', async () => {
    const {jobId, out} = await create('resumed:1', {maxTrials: 2});
    await appeared(join(out, 'ran-2'));
    const before = (await get(jobId)).trainingOutput?.trials;
    await writeFile(join(out, 'go'), '');

    await cloud.restart();
    await cloud.ended(jobId);

    const parametersOf = (trials = before) =>
      Object.fromEntries(trials?.map(({trialId, hyperparameters}) => [trialId, hyperparameters]) ?? []);
    assert.deepEqual(parametersOf((await get(jobId)).trainingOutput?.trials), parametersOf());
    assert.equal(await readFile(join(out, '1'), 'utf8'), 'run\n');
    assert.equal(await readFile(join(out, '2'), 'utf8'), 'run\nrun\n');
    assert.ok((await readdir(out)).length > 0);
  });

  const alpha: ParameterSpec = {parameterName: 'alpha', type: 'DOUBLE', minValue: 0.1, maxValue: 1};
  const refusals: readonly (readonly [string, HyperparameterSpec, RegExp])[] = [
    ['no parameters', {params: []}, /params/],
    ['the same name twice', {params: [alpha, alpha]}, /must be unique/],
    ['a minimum above the maximum', {params: [{...alpha, minValue: 2}]}, /minValue is greater/],
    [
      'a log scale from 0 on',
      {params: [{...alpha, minValue: 0, scaleType: 'UNIT_LOG_SCALE'}]},
      /strictly positive/,
    ],
    ['half a number for INTEGER', {params: [{...alpha, type: 'INTEGER'}]}, /whole numbers/],
    [
      'a range without an end',
      {params: [{parameterName: 'a', type: 'DOUBLE', minValue: 1}]},
      /maxValue is required/,
    ],
    [
      'a range for words',
      {params: [{...alpha, type: 'CATEGORICAL', categoricalValues: ['a']}]},
      /CATEGORICAL takes no minValue/,
    ],
    [
      'words that repeat',
      {params: [{parameterName: 'a', type: 'CATEGORICAL', categoricalValues: ['x', 'x']}]},
      /unique/,
    ],
    [
      'a scale for words',
      {
        params: [
          {parameterName: 'a', type: 'CATEGORICAL', categoricalValues: ['x'], scaleType: 'UNIT_LINEAR_SCALE'},
        ],
      },
      /takes no scaleType/,
    ],
    [
      'falling discrete values',
      {params: [{parameterName: 'a', type: 'DISCRETE', discreteValues: [2, 1]}]},
      /strictly increasing/,
    ],
    ['a type that is none', {params: [{...alpha, type: 'FLOAT'}]}, /type/],
    ['a grid over doubles', {params: [alpha], algorithm: 'GRID_SEARCH'}, /GRID_SEARCH does not support/],
    ['an algorithm that is none', {algorithm: 'ANNEALING'}, /algorithm/],
    ['no trials', {maxTrials: 0}, /maxTrials/],
  ];
  for (const [what, spec, message] of refusals) {
    it(`are refused with ${what}`, () => refused(create('good:1', spec), 400, message));
  }
});
