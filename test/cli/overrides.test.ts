import assert from 'node:assert/strict';
import {InvalidArgumentError} from 'commander';
import {addOverride} from '../../cli/overrides.ts';

describe('overrides on the command line', () => {
  const settings: [string[], object][] = [
    [['tune.maxTrials=3'], {tune: {maxTrials: 3}}],
    [['gate.minimum.accuracy=0.8'], {gate: {minimum: {accuracy: 0.8}}}],
    [
      ['tune.metric=f1', 'tune.maxTrials=3', 'train.machineType=n1-standard-8'],
      {
        tune: {metric: 'f1', maxTrials: 3},
        train: {machineType: 'n1-standard-8'},
      },
    ],
    [['tune.parameters.alpha={double: [0.1, 1]}'], {tune: {parameters: {alpha: {double: [0.1, 1]}}}}],
    [['split.salt="17"'], {split: {salt: '17'}}],
    [['data.delimiter=";"', 'data.delimiter="|"'], {data: {delimiter: '|'}}],
  ];
  for (const [given, expected] of settings) {
    it(`${given.join(' ')} is ${JSON.stringify(expected)}`, () => {
      let overrides = {};
      for (const setting of given) overrides = addOverride(setting, overrides);
      assert.deepEqual(overrides, expected);
    });
  }

  for (const setting of [
    'tune.maxTrials',
    '=3',
    'tune..maxTrials=3',
    'tune.=3',
    'a b=3',
    'tune.maxTrials=[1',
  ]) {
    it(`refuses ${setting}`, () => {
      assert.throws(() => addOverride(setting), InvalidArgumentError);
    });
  }
});
