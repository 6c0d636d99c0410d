import assert from 'node:assert/strict';
import type {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';
import {refused, type ServiceCloud} from '../support/service-cloud.ts';
import {clientOf, openMl, PARENT} from './support/ml-cloud.ts';

type HyperparameterSpec = ml_v1.Schema$GoogleCloudMlV1__HyperparameterSpec;

const IMAGES = {
  'good:1': `printf '{"accuracy": "0.%s", "global_step": "1"}\\n' $CLOUD_ML_TRIAL_ID >> $CLOUD_ML_HP_METRIC_FILE`,
  'endless:1': 'exec sleep 60',
};
const GRID: HyperparameterSpec = {
  goal: 'MAXIMIZE',
  hyperparameterMetricTag: 'accuracy',
  algorithm: 'GRID_SEARCH',
  maxTrials: 2,
  params: [
    {parameterName: 'depth', type: 'INTEGER', minValue: 1, maxValue: 5},
    {parameterName: 'loss', type: 'CATEGORICAL', categoricalValues: ['log']},
  ],
};
const BAYESIAN: HyperparameterSpec = {
  ...GRID,
  algorithm: 'ALGORITHM_UNSPECIFIED',
  maxTrials: 4,
  params: [{parameterName: 'x', type: 'DOUBLE', minValue: 0, maxValue: 1}],
};

describe('a tuning job of AI Platform that goes on with an earlier one', () => {
  let cloud: ServiceCloud;
  before(async () => {
    cloud = await openMl(IMAGES);
    await tune('grid', GRID);
    await cloud.ended('grid');
    await create('plain', {region: 'us-central1', masterConfig: {imageUri: 'good:1'}});
    await cloud.ended('plain');
  });
  after(() => cloud.close());

  async function create(jobId: string, trainingInput: object): Promise<void> {
    await clientOf(cloud).jobs.create({parent: PARENT, requestBody: {jobId, trainingInput}});
  }
  function tune(jobId: string, hyperparameters: HyperparameterSpec, imageUri = 'good:1') {
    return create(jobId, {region: 'us-central1', masterConfig: {imageUri}, hyperparameters});
  }
  async function trialsOf(jobId: string) {
    await cloud.ended(jobId);
    const {data} = await clientOf(cloud).jobs.get({name: `${PARENT}/jobs/${jobId}`});
    const trials = data.trainingOutput?.trials ?? [];
    return trials.toSorted((a, b) => Number(a.trialId) - Number(b.trialId));
  }
  async function depthsOf(jobId: string): Promise<unknown[]> {
    return (await trialsOf(jobId)).map(({hyperparameters}) => hyperparameters?.depth);
  }

  it('begins where its search ended, with trials of its own', async () => {
    await tune('second', {...GRID, resumePreviousJobId: 'grid'});

    assert.deepEqual(await depthsOf('grid'), ['1', '2']);
    assert.deepEqual(await depthsOf('second'), ['3', '4']);
    assert.deepEqual(
      (await trialsOf('second')).map(({trialId}) => trialId),
      ['1', '2'],
    );
  });

  it('knows what that one had gone on from, too, also after a restart', async () => {
    await tune('third', {...GRID, resumePreviousJobId: 'grid'});
    await cloud.ended('third');
    await cloud.restart();
    await tune('fourth', {...GRID, maxTrials: 3, resumePreviousJobId: 'third'});

    assert.deepEqual(await depthsOf('fourth'), ['5']);
  });

  it('need not fill the space again before it looks near the best', async () => {
    await tune('wide', BAYESIAN);
    const wide = await trialsOf('wide');
    await tune('near', {...BAYESIAN, maxTrials: 1, resumePreviousJobId: 'wide'});
    await tune('anew', {...BAYESIAN, maxTrials: 1});

    const [near] = await trialsOf('near');
    const [anew] = await trialsOf('anew');
    assert.ok(!wide.some(({hyperparameters}) => hyperparameters?.x === near?.hyperparameters?.x));
    assert.equal(anew?.hyperparameters?.x !== near?.hyperparameters?.x, true);
  });

  it('takes the parameters in any order', async () => {
    await tune('turned', {...GRID, params: GRID.params?.toReversed() ?? [], resumePreviousJobId: 'grid'});

    assert.deepEqual(await depthsOf('turned'), ['3', '4']);
  });

  const [depth, loss] = GRID.params ?? [];
  const refusals: readonly (readonly [string, HyperparameterSpec, RegExp])[] = [
    ['one that there is not', {resumePreviousJobId: 'nobody'}, /There is no job nobody/],
    ['one that only trained', {resumePreviousJobId: 'plain'}, /is no hyperparameter tuning job/],
    ['one of another range', {params: [{...depth, maxValue: 6}, loss ?? {}]}, /has other parameters/],
    ['one with a parameter more', {params: [depth ?? {}]}, /has other parameters/],
    ['one of another goal', {goal: 'MINIMIZE'}, /another goal or metric/],
    ['one of another metric', {hyperparameterMetricTag: 'loss'}, /another goal or metric/],
  ];
  for (const [what, changes, message] of refusals) {
    it(`is refused with ${what}`, () =>
      refused(tune('refused', {...GRID, resumePreviousJobId: 'grid', ...changes}), 400, message));
  }

  it('is refused while that one runs', async () => {
    await tune('endless', GRID, 'endless:1');

    await refused(tune('refused', {...GRID, resumePreviousJobId: 'endless'}), 400, /has not ended/);
    await clientOf(cloud).jobs.cancel({name: `${PARENT}/jobs/endless`, requestBody: {}});
  });
});
