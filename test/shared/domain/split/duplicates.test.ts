import assert from 'node:assert/strict';
import {estimateDuplicates} from '../../../../shared/domain/split/duplicates.ts';

describe('estimateDuplicates', () => {
  it('counts when every record is known', () => {
    assert.deepEqual(
      estimateDuplicates(
        [
          {records: 2, rows: 5},
          {records: 1, rows: 1},
        ],
        1,
        6,
      ),
      {
        sampled: 3,
        estimate: 3,
        standardError: 0,
      },
    );
  });

  it('finds none where nothing comes back', () => {
    const keys = Array.from({length: 1000}, () => ({records: 1, rows: 1}));

    const {sampled, estimate} = estimateDuplicates(keys, 1 / 8, 8010);

    assert.deepEqual({sampled, estimate}, {sampled: 0, estimate: 0});
  });

  it('counts what comes back, and divides by the chance to be sampled', () => {
    const keys = Array.from({length: 1000}, (_, key) => ({records: 1, rows: key < 100 ? 2 : 1}));

    assert.deepEqual(estimateDuplicates(keys, 1 / 4, 4400), {sampled: 100, estimate: 400, standardError: 35});
  });

  it('sees one record with half of all rows although the sample missed it', () => {
    const keys = Array.from({length: 1000}, () => ({records: 1, rows: 1}));

    const {sampled, estimate, standardError} = estimateDuplicates(keys, 1 / 8, 16_000);

    assert.deepEqual({sampled, estimate}, {sampled: 0, estimate: 8000});
    assert.ok(standardError > 200 && standardError < 250, String(standardError));
  });

  it('is less sure when few keys have many records', () => {
    const one = estimateDuplicates(Array(64).fill({records: 1, rows: 2}), 1 / 4, 512);
    const many = estimateDuplicates(Array(4).fill({records: 16, rows: 32}), 1 / 4, 512);

    assert.equal(one.estimate, many.estimate);
    assert.ok(many.standardError > 3 * one.standardError);
  });
});
