import assert from 'node:assert/strict';
import {pipelineSchema, TRAINER_SOURCE} from '../../../shared/domain/pipeline.ts';

const SMALLEST = {
  name: 'flowers',
  data: {label: 'species'},
  split: {},
  trainer: {framework: 'scikit-learn', frameworkVersion: '1.6'},
  tune: {metric: 'accuracy', maxTrials: 2, parameters: {alpha: {double: [0.1, 1]}}},
  serve: {model: 'flowers', endpoint: 'flowers'},
};

describe('a pipeline', () => {
  it('needs little; the rest has defaults', () => {
    const {split, train, gate, serve, data, platform} = pipelineSchema.parse(SMALLEST);

    assert.deepEqual(data, {
      format: 'csv',
      label: 'species',
      delimiter: ',',
      malformed: {limit: '1%'},
      drift: {columns: 'warn', psi: 'warn', limit: 0.25},
    });
    assert.deepEqual(split, {
      key: 'row',
      salt: '',
      buckets: 10,
      training: ['0-7'],
      validation: [8],
      test: [9],
    });
    assert.deepEqual(train, {on: 'training', machineType: 'n1-standard-4'});
    assert.deepEqual(gate, {
      minimum: {},
      beatChampion: {by: 0, confidence: 0.95},
      slices: [],
      sliceTolerance: 0.05,
    });
    assert.deepEqual(serve, {model: 'flowers', endpoint: 'flowers', machineType: 'n1-standard-2'});
    assert.equal(platform, 'vertex');
  });

  it('keeps what is given', () => {
    const gate = {
      minimum: {accuracy: 0.8, recall: 0.5},
      beatChampion: {by: 0.01, confidence: 0.9},
      slices: ['colour'],
      sliceTolerance: 0.1,
    };

    assert.deepEqual(pipelineSchema.parse({...SMALLEST, gate}).gate, gate);
  });

  const broken: readonly (readonly [string, object, string])[] = [
    ['a name with capitals', {name: 'Flowers'}, 'name'],
    ['a platform of somebody else', {platform: 'elsewhere'}, 'platform'],
    [
      'a version that is a number',
      {trainer: {framework: 'scikit-learn', frameworkVersion: 1.6}},
      'trainer.frameworkVersion',
    ],
    [
      'a version with a patch level',
      {trainer: {framework: 'scikit-learn', frameworkVersion: '1.6.1'}},
      'trainer.frameworkVersion',
    ],
    ['another framework', {trainer: {framework: 'tensorflow', frameworkVersion: '2.1'}}, 'trainer.framework'],
    ['a custom server without a trainer', {trainer: {framework: 'custom'}}, 'trainer.source'],
    [
      'a kind of trainer without what it runs',
      {trainer: {...SMALLEST.trainer, kind: 'pipeline'}},
      'trainer.spec',
    ],
    ['a compiled pipeline that nobody runs', {trainer: {...SMALLEST.trainer, spec: 'x'}}, 'trainer.spec'],
    ['a minimum in quotes', {gate: {minimum: {accuracy: '0.8'}}}, 'gate.minimum.accuracy'],
    [
      'a confidence that a tie would pass',
      {gate: {beatChampion: {confidence: 0.4}}},
      'gate.beatChampion.confidence',
    ],
    ['a confidence nobody can have', {gate: {beatChampion: {confidence: 1}}}, 'gate.beatChampion.confidence'],
    ['training on the test part', {train: {on: 'test'}}, 'train.on'],
    ['a tolerance below 0', {gate: {sliceTolerance: -0.1}}, 'gate.sliceTolerance'],
    ['a model name with a slash', {serve: {model: 'a/b', endpoint: 'b'}}, 'serve.model'],
    ['no endpoint', {serve: {model: 'a'}}, 'serve'],
    ['another word than none', {serve: 'nothing'}, 'serve'],
    ['a budget of nothing', {budget: {}}, 'budget'],
    ['a search above its budget', {budget: {maxTrials: 1}}, 'tune.maxTrials'],
    ['a budget used up before anybody looks', {budget: {maxNodeHours: 0.05}}, 'budget.maxNodeHours'],
    ['no data', {data: undefined}, 'data'],
    ['a list for split', {split: []}, 'split'],
  ];
  for (const [title, change, path] of broken) {
    it(`refuses ${title}`, () => {
      const [issue] = pipelineSchema.safeParse({...SMALLEST, ...change}).error?.issues ?? [];

      assert.equal(issue?.path.join('.'), path);
    });
  }
});

describe('TRAINER_SOURCE', () => {
  it('names one archive by its digest, nothing else', () => {
    const digest = 'a'.repeat(64);

    assert.match(`trainer/${digest}.tar.gz`, TRAINER_SOURCE);
    for (const bad of [`trainer/${digest}.tar`, `x/trainer/${digest}.tar.gz`, `trainer/a${digest}.tar.gz`]) {
      assert.doesNotMatch(bad, TRAINER_SOURCE);
    }
  });
});
