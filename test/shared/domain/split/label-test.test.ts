import assert from 'node:assert/strict';
import {testLabels} from '../../../../shared/domain/split/label-test.ts';
import type {Part} from '../../../../shared/domain/split/split-definition.ts';

type Counts = Readonly<Record<Part, readonly number[]>>;

describe('testLabels', () => {
  it('finds shares alike that differ by chance only', () => {
    const {sentence, result} = testOf({training: [805, 395], validation: [95, 55], test: [100, 50]});

    assert.equal(result?.degreesOfFreedom, 2);
    assert.match(
      sentence,
      /^Label shares are alike in all parts: chi-square \d\.\d on 2 degrees of freedom, p = 0\.\d+\.$/,
    );
  });

  it('finds a label that avoids the test part', () => {
    const {sentence, result} = testOf({training: [800, 400], validation: [100, 50], test: [150, 0]});

    assert.ok(result && result.pValue < 1e-9);
    assert.match(
      sentence,
      /^Label shares differ between the parts more than chance explains: .*, p < 0\.001\.$/,
    );
  });

  it('leaves out labels too rare for the test, and says so', () => {
    const {sentence, result} = testOf({
      training: [800, 400, 39],
      validation: [100, 50, 0],
      test: [100, 50, 0],
    });

    assert.equal(result?.degreesOfFreedom, 2);
    assert.match(sentence, /p = 1\. 1 of 3 labels is too rare and was left out\.$/);
  });

  it('keeps a label only if the smallest part expects five rows of it', () => {
    const {result} = testOf({training: [60, 40], validation: [6, 4], test: [7, 3]});

    assert.equal(result, null);
    assert.equal(testOf({training: [60, 60], validation: [5, 5], test: [5, 5]}).result?.degreesOfFreedom, 2);
  });

  it('compares nothing when fewer than two labels are common', () => {
    assert.deepEqual(testOf({training: [800, 1], validation: [100, 0], test: [100, 0]}), {
      sentence: 'Label shares were not compared: fewer than two labels have enough rows for that.',
      result: null,
    });
  });

  it('compares nothing when labels are too many to be classes', () => {
    const {sentence, result} = testOf({training: [80, 80], validation: [9, 9], test: [9, 9]}, 1);

    assert.equal(result, null);
    assert.match(sentence, /^Label shares were not compared: the labels are no classes/);
  });
});

function testOf(counts: Counts, rowsOfOtherLabels = 0) {
  const partOf = (part: Part) => ({
    rows: counts[part].reduce((total, rows) => total + rows, 0),
    bytes: 0,
    sha256: '',
    labels: counts[part].map((rows, index) => ({label: `label ${index}`, rows})),
  });
  return testLabels({
    parts: {training: partOf('training'), validation: partOf('validation'), test: partOf('test')},
    rowsOfOtherLabels,
  });
}
