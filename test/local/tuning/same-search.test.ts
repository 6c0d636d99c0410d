import assert from 'node:assert/strict';
import {hyperparameterSpec} from '../../../local/ml/hyperparameter-spec.ts';
import {studyOf} from '../../../local/ml/study.ts';
import {parseRequest} from '../../../local/request.ts';
import {suggestTrial} from '../../../local/tuning/search/suggest-trial.ts';
import type {StudySpec, Trial} from '../../../local/tuning/types.ts';
import {studySpec} from '../../../local/vertex/study-spec.ts';
import {tuneSchema} from '../../../shared/domain/study.ts';
import {oddParameter} from '../../../shared/domain/trial-parameters.ts';
import {hyperparameterSpecOf} from '../../../shared/gateways/hyperparameter-spec.ts';
import {studySpecOf} from '../../../shared/gateways/study-spec.ts';

const TRIALS = 12;
const LISTED = {depth: {integer: [1, 9]}, batch: {discrete: [16, 32.5]}, loss: {categorical: ['log', '7']}};

function tuneOf(changes: object) {
  return tuneSchema.parse({metric: 'accuracy', maxTrials: TRIALS, parameters: LISTED, ...changes});
}

/** The trials of a search in which later values of a list and higher numbers are better. */
function trialsOf(study: StudySpec): Trial[] {
  const trials: Trial[] = [];
  while (trials.length < TRIALS) {
    const parameters = suggestTrial(study, trials);
    if (parameters === undefined) break;
    const value = Number(parameters[0]?.value) || 0;
    trials.push({parameters, state: 'SUCCEEDED', finalMeasurement: {metrics: [{value}]}});
  }
  return trials;
}

function valuesOf({parameters = []}: Trial): Record<string, number | string> {
  return Object.fromEntries(parameters.map(({parameterId = '', value}) => [String(parameterId), value]));
}

describe('what pipeline.yaml says under tune', () => {
  const both: readonly (readonly [string, object])[] = [
    ['a range', {parameters: {rate: {double: [-1, 1]}}}],
    ['a linear range', {parameters: {rate: {double: [0, 1], scale: 'linear'}}}],
    ['a logarithmic range', {parameters: {rate: {double: [1e-5, 0.1], scale: 'log'}}}],
    ['a reverse logarithmic range', {parameters: {rate: {double: [0.5, 0.999], scale: 'reverse-log'}}}],
    ['whole numbers', {parameters: {depth: {integer: [-3, 3]}}}],
    ['whole numbers on a logarithmic scale', {parameters: {depth: {integer: [1, 1000], scale: 'log'}}}],
    ['listed numbers', {parameters: {batch: {discrete: [0.1, 16, 32.5]}}}],
    ['words', {parameters: {loss: {categorical: ['log', 'hinge', '7']}}}],
    ['all of a kind together', {}],
    ['a random search', {algorithm: 'random'}],
    ['a grid', {algorithm: 'grid'}],
    ['a goal below', {goal: 'minimize'}],
    ['early stopping', {earlyStopping: 'decay-curve'}],
    ['parallel trials and failed ones', {parallelTrials: 3, maxFailedTrials: 2}],
  ];
  for (const [what, changes] of both) {
    it(`is the same search on Vertex AI and AI Platform with ${what}`, () => {
      const tune = tuneOf(changes);

      const {measurementSelectionType: _, ...vertex} = parseRequest(studySpec, studySpecOf(tune));
      const aiPlatform = studyOf(parseRequest(hyperparameterSpec, hyperparameterSpecOf(tune)));

      assert.deepEqual(aiPlatform.spec, vertex);
      assert.deepEqual(
        [aiPlatform.maxTrials, aiPlatform.parallelTrials, aiPlatform.maxFailedTrials],
        [tune.maxTrials, tune.parallelTrials, tune.maxFailedTrials],
      );
    });
  }

  const conditional = {
    model: {categorical: ['tree', 'line']},
    depth: {integer: [1, 3], when: {model: ['tree']}},
    leaves: {discrete: [10, 20], when: {depth: [2, 3]}},
  };
  for (const [what, changes] of [...both, ['conditions', {parameters: conditional}]] as const) {
    it(`gets trials that can be trained again, within their bounds, with ${what}`, () => {
      const tune = tuneOf(changes);

      const trials = trialsOf(parseRequest(studySpec, studySpecOf(tune))).map(valuesOf);

      assert.equal(trials.length, TRIALS);
      for (const parameters of trials) {
        assert.equal(oddParameter({parameters}, tune.parameters), undefined);
        for (const [name, value] of Object.entries(parameters)) assertAllowed(tune.parameters[name], value);
      }
    });
  }

  for (const [measurement, selected] of [
    ['last', 'LAST_MEASUREMENT'],
    ['best', 'BEST_MEASUREMENT'],
  ] as const) {
    it(`has the ${measurement} measurement count on Vertex AI`, () => {
      const spec = parseRequest(studySpec, studySpecOf(tuneOf({measurement})));

      assert.equal(spec.measurementSelectionType, selected);
    });
  }

  it('has one stopping rule on Vertex AI, the one that is named', () => {
    const rulesOf = (earlyStopping?: string) =>
      Object.keys(parseRequest(studySpec, studySpecOf(tuneOf({earlyStopping})))).filter((key) =>
        key.endsWith('StoppingSpec'),
      );

    assert.deepEqual(rulesOf('median'), ['medianAutomatedStoppingSpec']);
    assert.deepEqual(rulesOf('decay-curve'), ['decayCurveStoppingSpec']);
    assert.deepEqual(rulesOf(), []);
  });
});

function assertAllowed(
  parameter: ReturnType<typeof tuneOf>['parameters'][string] | undefined,
  value: number | string,
): void {
  const {double, integer, discrete = [], categorical = []} = parameter ?? {};
  const range = double ?? integer;
  if (range === undefined) assert.ok([...discrete, ...categorical].includes(value), String(value));
  else assert.ok(range[0] <= Number(value) && Number(value) <= range[1], String(value));
  if (integer !== undefined) assert.ok(Number.isInteger(value), String(value));
}
