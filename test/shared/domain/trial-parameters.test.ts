import assert from 'node:assert/strict';
import {oddParameter} from '../../../shared/domain/trial-parameters.ts';

const ASKED = {
  alpha: {},
  kernel: {categorical: ['rbf', 'linear']},
  gamma: {when: {kernel: ['rbf']}},
};

describe('oddParameter', () => {
  it('finds nothing in a trial that has what was asked for', () => {
    assert.equal(oddParameter({parameters: {alpha: 0.1, kernel: 'rbf', gamma: 2}}, ASKED), undefined);
  });

  it('lets a trial leave a parameter under a condition out', () => {
    assert.equal(oddParameter({parameters: {alpha: 0, kernel: 'linear'}}, ASKED), undefined);
  });

  const odd: [Record<string, number | string>, string][] = [
    [{kernel: 'rbf'}, 'alpha'],
    [{alpha: '0.1', kernel: 'rbf'}, 'alpha'],
    [{alpha: Number.NaN, kernel: 'rbf'}, 'alpha'],
    [{alpha: 1, kernel: 2}, 'kernel'],
    [{alpha: 1, kernel: 'rbf', gamma: 'wide'}, 'gamma'],
  ];
  for (const [parameters, name] of odd) {
    it(`finds ${name} in ${JSON.stringify(parameters)}`, () => {
      assert.equal(oddParameter({parameters}, ASKED), name);
    });
  }
});
