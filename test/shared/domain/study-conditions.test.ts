import assert from 'node:assert/strict';
import {tuneSchema} from '../../../shared/domain/study.ts';

const MODEL = {categorical: ['tree', 'line']};
const DEPTH = {integer: [1, 8]};

/** The complaints about a study of these parameters. */
function complaints(parameters: object): string[] {
  const {error} = tuneSchema.safeParse({metric: 'accuracy', maxTrials: 6, parameters});
  return error?.issues.map(({path, message}) => `${path.join('.')}: ${message}`) ?? [];
}

describe('a parameter that depends on another', () => {
  it('names the values of a list, of words or of whole numbers', () => {
    const sound = {
      model: MODEL,
      depth: {...DEPTH, when: {model: ['tree']}},
      leaves: {discrete: [10, 20], when: {depth: [2, 3]}},
      cut: {double: [0, 1], when: {leaves: [20]}},
    };

    assert.deepEqual(complaints(sound), []);
  });

  it('may stand before the other', () => {
    assert.deepEqual(complaints({depth: {...DEPTH, when: {model: ['tree']}}, model: MODEL}), []);
  });

  const broken: readonly (readonly [string, object, string])[] = [
    ['a parameter that is not there', {modle: ['tree']}, 'there is no parameter modle'],
    ['a property of every object', {constructor: ['tree']}, 'there is no parameter constructor'],
    ['itself', {depth: [1]}, 'depth depends on itself'],
    ['a word that the other lacks', {model: ['bush']}, 'model is never bush'],
    ['a number instead of a word', {model: [1]}, 'model is never 1'],
    ['a number outside the range', {width: [1, 9]}, 'width is never 9'],
    ['a fraction of a whole number', {width: [1.5]}, 'width is never 1.5'],
    ['a word instead of a number', {width: ['1']}, 'width is never 1'],
    ['a number that is not listed', {rate: [0.3]}, 'rate is never 0.3'],
    ['a value twice', {model: ['tree', 'tree']}, 'names a value twice'],
    ['a range of doubles', {alpha: [0.5]}, 'alpha is a range of doubles, which has no single values'],
  ];
  for (const [title, when, message] of broken) {
    it(`cannot name ${title}`, () => {
      const parameters = {
        model: MODEL,
        width: DEPTH,
        rate: {discrete: [0.1, 0.2]},
        alpha: {double: [0, 1]},
        depth: {...DEPTH, when},
      };
      assert.deepEqual(complaints(parameters), [`parameters.depth.when: ${message}`]);
    });
  }

  it('cannot depend on one that depends on it', () => {
    const parameters = {
      a: {integer: [1, 2], when: {b: [1]}},
      b: {integer: [1, 2], when: {a: [1]}},
      below: {integer: [1, 2], when: {a: [1]}},
    };

    assert.deepEqual(complaints(parameters), [
      'parameters.a.when: a depends on itself',
      'parameters.b.when: b depends on itself',
    ]);
  });
});
