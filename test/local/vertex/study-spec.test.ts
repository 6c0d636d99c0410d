import assert from 'node:assert/strict';
import {ApiError} from '../../../local/api-error.ts';
import {parseRequest} from '../../../local/request.ts';
import {studySpec} from '../../../local/vertex/study-spec.ts';

const METRICS = [{metricId: 'accuracy', goal: 'MAXIMIZE'}];
const ALPHA = {parameterId: 'alpha', doubleValueSpec: {minValue: 0, maxValue: 1}};
const ALPHA_RANGE = {doubleValueSpec: ALPHA.doubleValueSpec};
const DEPTH = {parameterId: 'depth', integerValueSpec: {minValue: '1', maxValue: '4'}};
const WORDS = {categoricalValueSpec: {values: ['tree', 'line']}};
const NUMBERS = {discreteValueSpec: {values: [1, 2]}};
const WHOLE = {integerValueSpec: {minValue: '1', maxValue: '3'}};

/** A study of `p`, on which the children depend. */
function under(parent: object, ...children: object[]) {
  return {metrics: METRICS, parameters: [{parameterId: 'p', ...parent, conditionalParameterSpecs: children}]};
}

function words(...values: string[]) {
  return {parentCategoricalValues: {values}};
}

describe('a study', () => {
  it('may have parameters of every kind, and some that depend on another', () => {
    for (const spec of [
      {metrics: METRICS, parameters: [ALPHA, DEPTH, {parameterId: 'n', ...NUMBERS}]},
      under(
        WORDS,
        {parameterSpec: DEPTH, ...words('tree')},
        {parameterSpec: ALPHA, ...words('line', 'tree')},
      ),
      under(WORDS, {parameterSpec: DEPTH, ...words('tree')}, {parameterSpec: DEPTH, ...words('line')}),
      under(NUMBERS, {parameterSpec: DEPTH, parentDiscreteValues: {values: [2 + 1e-11]}}),
      under(WHOLE, {parameterSpec: ALPHA, parentIntValues: {values: ['1', 3]}}),
    ]) {
      assert.doesNotThrow(() => parseRequest(studySpec, spec));
    }
  });

  const broken: readonly (readonly [string, object, RegExp])[] = [
    ['an unknown field', {color: 'red'}, /Unknown name "color"/],
    ['two metrics', {metrics: [...METRICS, {metricId: 'loss'}]}, /exactly one metric/],
    ['an unknown goal', {metrics: [{metricId: 'a', goal: 'UP'}]}, /metrics\[0\].goal/],
    ['no parameter', {parameters: []}, /parameters/],
    ['a grid over a range of doubles', {algorithm: 'GRID_SEARCH', parameters: [ALPHA]}, /GRID_SEARCH/],
    ['one id twice', {parameters: [ALPHA, ALPHA]}, /unique/],
    ['an id with a blank', {parameters: [{...ALPHA, parameterId: 'a b'}]}, /no whitespace/],
    ['a parameter of no kind', {parameters: [{parameterId: 'a'}]}, /exactly one of/],
    ['a parameter of two kinds', {parameters: [{...ALPHA, ...NUMBERS}]}, /exactly one of/],
    ['a log scale from 0', {parameters: [{...ALPHA, scaleType: 'UNIT_LOG_SCALE'}]}, /strictly positive/],
    [
      'a range backwards',
      {parameters: [{parameterId: 'n', integerValueSpec: {minValue: '3', maxValue: '2'}}]},
      /greater than maxValue/,
    ],
    ['falling values', {parameters: [{parameterId: 'n', discreteValueSpec: {values: [2, 1]}}]}, /increasing/],
    ['equal values', {parameters: [{parameterId: 'n', discreteValueSpec: {values: [1, 1]}}]}, /increasing/],
    ['equal words', {parameters: [{parameterId: 'n', categoricalValueSpec: {values: ['a', 'a']}}]}, /unique/],
    ['a convex stopping rule', {convexAutomatedStoppingSpec: {}}, /does not offer this field/],
    [
      'two stopping rules',
      {medianAutomatedStoppingSpec: {}, decayCurveStoppingSpec: {}},
      /at most one automated stopping rule/,
    ],
    ['observation noise', {observationNoise: 'LOW'}, /not supported by tuning jobs/],
    ['a condition of no kind', under(WORDS, {parameterSpec: DEPTH}), /exactly one of parentCategorical/],
    [
      'a condition of two kinds',
      under(WORDS, {parameterSpec: DEPTH, ...words('tree'), parentIntValues: {values: ['1']}}),
      /exactly one of parentCategorical/,
    ],
    [
      'a condition without values',
      under(WORDS, {parameterSpec: DEPTH, ...words()}),
      /parentCategoricalValues/,
    ],
    ['a word the parent lacks', under(WORDS, {parameterSpec: DEPTH, ...words('bush')}), /p cannot have/],
    [
      'a number the parent lacks',
      under(NUMBERS, {parameterSpec: DEPTH, parentDiscreteValues: {values: [1.5]}}),
      /p cannot have/,
    ],
    [
      'an integer outside its parent',
      under(WHOLE, {parameterSpec: DEPTH, parentIntValues: {values: ['4']}}),
      /p cannot have/,
    ],
    ['words on integers', under(WHOLE, {parameterSpec: DEPTH, ...words('1')}), /p cannot have/],
    [
      'a condition on doubles',
      under(ALPHA_RANGE, {parameterSpec: DEPTH, parentDiscreteValues: {values: [0.5]}}),
      /p cannot have/,
    ],
    [
      'one id under two conditions that meet',
      under(
        WORDS,
        {parameterSpec: DEPTH, ...words('tree')},
        {parameterSpec: DEPTH, ...words('line', 'tree')},
      ),
      /unique/,
    ],
    [
      'a grid over doubles under a condition',
      {...under(WORDS, {parameterSpec: ALPHA, ...words('tree')}), algorithm: 'GRID_SEARCH'},
      /GRID_SEARCH/,
    ],
  ];
  for (const [title, change, sentence] of broken) {
    it(`is refused with ${title}`, () => {
      assert.throws(
        () => parseRequest(studySpec, {metrics: METRICS, parameters: [ALPHA], ...change}),
        (error) =>
          error instanceof ApiError && error.status === 'INVALID_ARGUMENT' && sentence.test(error.message),
      );
    });
  }
});
