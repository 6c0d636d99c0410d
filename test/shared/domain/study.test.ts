import assert from 'node:assert/strict';
import {parameterSchema, tuneSchema} from '../../../shared/domain/study.ts';

const TUNE = {metric: 'accuracy', maxTrials: 6, parameters: {alpha: {double: [0.1, 1]}}};

function complaints(
  result: ReturnType<typeof tuneSchema.safeParse> | ReturnType<typeof parameterSchema.safeParse>,
) {
  return result.error?.issues.map(({path, message}) => `${path.join('.')}: ${message}`).join('; ') ?? 'none';
}

describe('tune', () => {
  it('needs a metric, a number of trials and a parameter; the rest has defaults', () => {
    assert.deepEqual(tuneSchema.parse(TUNE), {
      ...TUNE,
      goal: 'maximize',
      parallelTrials: 1,
      maxFailedTrials: 0,
      algorithm: 'bayesian',
      measurement: 'last',
      machineType: 'n1-standard-4',
    });
  });

  it('may run all trials at once', () => {
    assert.equal(tuneSchema.parse({...TUNE, parallelTrials: 6}).parallelTrials, 6);
  });

  it('may search a grid of listed values and whole numbers', () => {
    const parameters = {
      depth: {integer: [1, 3]},
      rate: {discrete: [0.1, 1]},
      kind: {categorical: ['a', 'b']},
    };

    assert.deepEqual(tuneSchema.parse({...TUNE, algorithm: 'grid', parameters}).parameters, parameters);
  });

  const broken: readonly (readonly [string, object, RegExp])[] = [
    [
      'more trials at a time than trials',
      {parallelTrials: 7},
      /^parallelTrials: 7 is more than maxTrials \(6\)$/,
    ],
    [
      'more failed trials than trials',
      {maxFailedTrials: 7},
      /^maxFailedTrials: 7 is more than maxTrials \(6\)$/,
    ],
    ['an unknown stopping rule', {earlyStopping: true}, /^earlyStopping: /],
    ['an unknown measurement', {measurement: 'first'}, /^measurement: /],
    ['no parameter', {parameters: {}}, /^parameters: name at least one parameter$/],
    ['a grid over a range of doubles', {algorithm: 'grid'}, /^parameters\.alpha: a grid has no steps/],
    ['no trials', {maxTrials: 0}, /^maxTrials: /],
    ['a million trials', {maxTrials: 1_000_000}, /^maxTrials: /],
    ['a negative number of trials', {maxTrials: -1}, /^maxTrials: /],
    ['a number of trials in quotes', {maxTrials: '10'}, /^maxTrials: /],
    ['no trial at a time', {parallelTrials: 0}, /^parallelTrials: /],
    ['a warm start from a named job', {warmStart: 'job-1'}, /^warmStart: /],
    ['a metric with a blank', {metric: 'top 5'}, /^metric: letters, digits and underscores/],
    ['half a trial', {maxTrials: 1.5}, /^maxTrials: /],
    ['a negative number of failures', {maxFailedTrials: -1}, /^maxFailedTrials: /],
    ['another goal', {goal: 'maximise'}, /^goal: /],
    ['a metric with a dash', {metric: 'top-5'}, /^metric: letters, digits and underscores/],
    ['a parameter that is no argument name', {parameters: {'a=b': {integer: [1, 2]}}}, /^parameters\.a=b: /],
    ['an unknown key', {maxTrails: 3}, /maxTrails/],
  ];
  for (const [title, change, complaint] of broken) {
    it(`refuses ${title}`, () => {
      assert.match(complaints(tuneSchema.safeParse({...TUNE, ...change})), complaint);
    });
  }
});

describe('a parameter', () => {
  it('is a range, a list of numbers or a list of words', () => {
    const sound = [
      {double: [1e-5, 0.1], scale: 'log'},
      {integer: [-3, 3], scale: 'linear'},
      {double: [-1, 1]},
      {discrete: [200]},
      {categorical: ['l1', 'l2']},
    ];
    for (const parameter of sound) assert.deepEqual(parameterSchema.parse(parameter), parameter);
  });

  const broken: readonly (readonly [string, object, RegExp])[] = [
    ['nothing', {}, /give exactly one of double, integer, discrete, categorical; found none/],
    ['two kinds', {double: [0, 1], discrete: [1]}, /found double and discrete/],
    ['a range backwards', {double: [1, 0]}, /lower than the second/],
    ['an empty range', {integer: [1, 1]}, /lower than the second/],
    ['three ends', {double: [0, 1, 2]}, /double: /],
    ['a whole-number range with a fraction', {integer: [0.5, 2]}, /both ends must be whole/],
    ['a list that does not increase', {discrete: [1, 1]}, /must increase strictly/],
    ['a list that falls later', {discrete: [1, 3, 2]}, /must increase strictly/],
    ['an empty list', {discrete: []}, /discrete: /],
    ['a list with hardly a step', {discrete: [1, 1 + 1e-12]}, /must increase strictly/],
    ['a word twice', {categorical: ['a', 'a']}, /categorical: names a word twice/],
    ['a condition on nothing', {integer: [1, 2], when: {}}, /^when: name exactly one other parameter$/],
    ['two conditions', {integer: [1, 2], when: {a: [1], b: [1]}}, /^when: name exactly one other/],
    ['a condition without values', {integer: [1, 2], when: {a: []}}, /^when\.a: /],
    ['an endless range', {double: [0, Number.POSITIVE_INFINITY]}, /double\.1: /],
    ['a range to what is no number', {double: [0, Number.NaN]}, /double\.1: /],
    ['a range in quotes', {double: ['0', '1']}, /double\.0: /],
    ['no words', {categorical: []}, /categorical: /],
    ['too many words', {categorical: Array.from({length: 1001}, (_, i) => `w${i}`)}, /categorical: /],
    ['too many numbers', {discrete: Array.from({length: 1001}, (_, i) => i)}, /discrete: /],
    ['an empty word', {categorical: ['']}, /categorical\.0: /],
    [
      'a scale on a list',
      {discrete: [1, 2], scale: 'log'},
      /^scale: only a double or integer range has a scale$/,
    ],
    ['a log scale from zero', {double: [0, 1], scale: 'log'}, /a log scale needs a range above 0/],
    ['a reverse log scale below zero', {integer: [-1, 1], scale: 'reverse-log'}, /needs a range above 0/],
    ['a scale of another name', {double: [1, 2], scale: 'exp'}, /^scale: /],
  ];
  for (const [title, parameter, complaint] of broken) {
    it(`refuses ${title}`, () => {
      assert.match(complaints(parameterSchema.safeParse(parameter)), complaint);
    });
  }
});
