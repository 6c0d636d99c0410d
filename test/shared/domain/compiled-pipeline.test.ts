import assert from 'node:assert/strict';
import {
  assertTakes,
  parametersFor,
  parseCompiledPipeline,
  withTrainerImage,
} from '../../../shared/domain/compiled-pipeline.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

function compiled(parameters: object = {}, image = 'millrace/trainer') {
  return parseCompiledPipeline(
    {
      schemaVersion: '2.1.0',
      deploymentSpec: {executors: {'exec-train': {container: {image, args: ['--x']}}}},
      root: {inputDefinitions: {parameters}, dag: {tasks: {}}},
      components: {kept: true},
    },
    'training.yaml',
  );
}

const text = {parameterType: 'STRING'};
const fails = (code: string, message: RegExp) => ({name: 'PermanentError', code, message});

describe('a compiled pipeline', () => {
  it("gets the run's image in the place of its stand-in, and keeps all else", () => {
    const {deploymentSpec, ...rest} = withTrainerImage(compiled(), `r/trainer@${DIGEST}`);

    assert.deepEqual(deploymentSpec.executors['exec-train']?.container, {
      image: `r/trainer@${DIGEST}`,
      args: ['--x'],
    });
    assert.deepEqual(rest.components, {kept: true});
  });

  it('may have an image of its own, by digest', () => {
    const own = compiled({}, `host/own@${DIGEST}`);

    assert.deepEqual(withTrainerImage(own, 'other'), own);
  });

  it('is given what it takes, with the types it has', () => {
    const number = {parameterType: 'NUMBER_DOUBLE'};
    const parameters = {
      model_dir: text,
      alpha: number,
      rounds: text,
      champion_model_dir: {...text, defaultValue: ''},
    };
    const offer = {needed: {model_dir: 'gs://b/m/', alpha: 0.5, rounds: 20}, welcome: {label: 'kind'}};

    const given = parametersFor(compiled(parameters), offer, 'training.yaml');

    assert.deepEqual(given, {model_dir: 'gs://b/m/', alpha: 0.5, rounds: '20'});
  });

  it('is refused when it is no pipeline', () => {
    for (const definition of [undefined, [], {}, {schemaVersion: '2.1.0'}])
      assert.throws(() => parseCompiledPipeline(definition, 'x'), fails('PIPELINE_SPEC', /not a compiled/));
  });

  it('is refused with an image that can change', () => {
    assert.throws(
      () => compiled({}, 'python:3.12'),
      fails('PIPELINE_SPEC', /python:3\.12, which can change/),
    );
  });

  it('is refused without a parameter that the run has for it', () => {
    assert.throws(
      () => assertTakes(compiled({model_dir: text}), ['model_dir', 'alpha', 'beta'], [], 'x'),
      fails('PIPELINE_INPUTS', /no parameter alpha, beta/),
    );
  });

  it('is refused with a parameter that nobody gives', () => {
    const optional = {...text, isOptional: true};
    const parameters = {project: text, region: {...text, defaultValue: 'x'}, zone: optional};

    assert.throws(
      () => assertTakes(compiled(parameters), [], ['label'], 'x'),
      fails('PIPELINE_INPUTS', /nobody gives it the parameter project, which/),
    );
  });

  for (const [type, value] of [
    ['NUMBER_INTEGER', 1.5],
    ['NUMBER_DOUBLE', 'small'],
    ['BOOLEAN', 1],
  ] as const) {
    it(`is refused when ${JSON.stringify(value)} would be its ${type}`, () => {
      const offer = {needed: {size: value}, welcome: {}};

      assert.throws(
        () => parametersFor(compiled({size: {parameterType: type}}), offer, 'x'),
        fails('PIPELINE_INPUTS', new RegExp(`size is ${type}`)),
      );
    });
  }
});
