import assert from 'node:assert/strict';
import {hyperparameterSpec} from '../../../local/ml/hyperparameter-spec.ts';
import {tuneSchema} from '../../../shared/domain/study.ts';
import {hyperparameterSpecOf} from '../../../shared/gateways/hyperparameter-spec.ts';

const TUNE = {
  metric: 'accuracy',
  goal: 'minimize',
  maxTrials: 6,
  parallelTrials: 3,
  maxFailedTrials: 2,
  parameters: {
    alpha: {double: [1e-4, 0.1], scale: 'log'},
    depth: {integer: [2, 8], scale: 'reverse-log'},
    max_iter: {discrete: [200, 500]},
    loss: {categorical: ['log', 'hinge']},
  },
};

describe('hyperparameterSpecOf', () => {
  it('says a tune section as hptuning_config.yaml would', () => {
    const spec = hyperparameterSpecOf(tuneSchema.parse(TUNE));

    assert.deepEqual(spec, {
      goal: 'MINIMIZE',
      hyperparameterMetricTag: 'accuracy',
      maxTrials: 6,
      maxParallelTrials: 3,
      maxFailedTrials: 2,
      algorithm: 'ALGORITHM_UNSPECIFIED',
      enableTrialEarlyStopping: false,
      params: [
        {parameterName: 'alpha', type: 'DOUBLE', minValue: 1e-4, maxValue: 0.1, scaleType: 'UNIT_LOG_SCALE'},
        {
          parameterName: 'depth',
          type: 'INTEGER',
          minValue: 2,
          maxValue: 8,
          scaleType: 'UNIT_REVERSE_LOG_SCALE',
        },
        {parameterName: 'max_iter', type: 'DISCRETE', discreteValues: [200, 500]},
        {parameterName: 'loss', type: 'CATEGORICAL', categoricalValues: ['log', 'hinge']},
      ],
    });
  });

  it('names the other searches and early stopping when asked to', () => {
    const {parameters} = TUNE;
    const {alpha: _, ...steps} = parameters;
    const grid = hyperparameterSpecOf(tuneSchema.parse({...TUNE, algorithm: 'grid', parameters: steps}));
    const random = hyperparameterSpecOf(
      tuneSchema.parse({...TUNE, algorithm: 'random', earlyStopping: 'decay-curve'}),
    );

    assert.deepEqual([grid.algorithm, random.algorithm], ['GRID_SEARCH', 'RANDOM_SEARCH']);
    assert.equal(random.enableTrialEarlyStopping, true);
  });

  it('says nothing that the local cloud refuses', () => {
    for (const algorithm of ['bayesian', 'random'])
      hyperparameterSpec.parse(hyperparameterSpecOf(tuneSchema.parse({...TUNE, algorithm})));
  });
});
