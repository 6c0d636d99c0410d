import assert from 'node:assert/strict';
import {type Pipeline, pipelineSchema} from '../../../shared/domain/pipeline.ts';
import {platformFaults} from '../../../shared/domain/platform-limits.ts';

type Definition = Readonly<Record<string, unknown>>;

const SERVE = {model: 'flowers', endpoint: 'flowers', machineType: 'mls1-c1-m2'};
const RUNTIME = {runtimeVersion: '3.0', pythonVersion: '3.12'};
const TUNE = {metric: 'accuracy', maxTrials: 2, parameters: {alpha: {double: [0.1, 1]}}};

function definition(changes: Definition): Definition {
  return {
    name: 'flowers',
    data: {label: 'species'},
    trainer: {framework: 'scikit-learn', frameworkVersion: '1.6'},
    tune: TUNE,
    serve: {...SERVE, ...RUNTIME},
    platform: 'ai-platform',
    ...changes,
  };
}

function faultsOf(changes: Definition): string[] {
  const {error} = pipelineSchema.safeParse(definition(changes));
  return error?.issues.map(({path, message}) => `${path.join('.')}: ${message}`) ?? [];
}

describe('a pipeline on AI Platform', () => {
  it('is taken with what the service has', () => {
    const tune = {...TUNE, algorithm: 'random', earlyStopping: 'decay-curve', parallelTrials: 2};

    const pipeline: Pipeline = pipelineSchema.parse(definition({tune}));

    assert.deepEqual([pipeline.platform, pipeline.serve], ['ai-platform', {...SERVE, ...RUNTIME}]);
  });

  it('is refused with a canary', () => {
    const pipeline: Pipeline = pipelineSchema.parse(definition({}));
    const serve = {...SERVE, ...RUNTIME, canary: '10%'};

    const faults = platformFaults({...pipeline, serve});

    assert.deepEqual(
      faults.map(({path}) => path.join('.')),
      ['serve.canary'],
    );
  });

  const conditional = {
    loss: {categorical: ['log', 'hinge']},
    margin: {double: [0.1, 1], when: {loss: ['hinge']}},
  };
  const refusals: readonly (readonly [string, Definition, string, RegExp])[] = [
    [
      'parameters under a condition',
      {tune: {...TUNE, parameters: conditional}},
      'tune.parameters.margin.when',
      /no conditional parameters/,
    ],
    ['the best measurement', {tune: {...TUNE, measurement: 'best'}}, 'tune.measurement', /last measurement/],
    ['the median rule', {tune: {...TUNE, earlyStopping: 'median'}}, 'tune.earlyStopping', /decay-curve/],
    [
      'an image that serves its own models',
      {trainer: {framework: 'custom', source: 'trainer/'}},
      'trainer.framework',
      /scikit-learn and xgboost only/,
    ],
    ['versions that do not answer', {serve: 'none'}, 'serve', /name model and endpoint/],
    [
      'an endpoint of another name',
      {serve: {...SERVE, ...RUNTIME, endpoint: 'roses'}},
      'serve.endpoint',
      /under its own name/,
    ],
    [
      'a machine that is paid while it idles',
      {serve: {...SERVE, ...RUNTIME, machineType: 'n1-standard-2'}},
      'serve.machineType',
      /mls1-c1-m2/,
    ],
    ['no runtime version', {serve: {...SERVE, pythonVersion: '3.12'}}, 'serve.runtimeVersion', /needs it/],
    ['no Python version', {serve: {...SERVE, runtimeVersion: '3.0'}}, 'serve.pythonVersion', /needs it/],
  ];
  for (const [what, changes, path, message] of refusals) {
    it(`is refused with ${what}`, () => {
      const [fault = '', ...others] = faultsOf(changes);

      assert.ok(fault.startsWith(`${path}: `), fault);
      assert.match(fault, message);
      assert.deepEqual(others, []);
    });
  }
});

describe('a pipeline on Vertex AI', () => {
  it('takes what only Vertex AI has', () => {
    const tune = {...TUNE, measurement: 'best', earlyStopping: 'median'};
    const serve = {model: 'flowers', endpoint: 'roses'};

    assert.deepEqual(faultsOf({platform: 'vertex', tune, serve}), []);
  });

  it('is refused with a warm start', () => {
    const serve = {model: 'flowers', endpoint: 'flowers'};
    assert.deepEqual(faultsOf({platform: 'vertex', serve, tune: {...TUNE, warmStart: true}}), [
      'tune.warmStart: vertex begins every search anew: leave it out, and narrow the parameters instead',
    ]);
    assert.deepEqual(faultsOf({platform: 'vertex', serve, tune: {...TUNE, warmStart: false}}), []);
  });

  it('is refused with a runtime version', () => {
    assert.deepEqual(faultsOf({platform: 'vertex', serve: {...SERVE, runtimeVersion: '3.0'}}), [
      'serve.runtimeVersion: only ai-platform has runtime versions',
    ]);
  });
});
