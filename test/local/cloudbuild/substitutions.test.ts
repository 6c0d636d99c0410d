import assert from 'node:assert/strict';
import {expandSubstitutions} from '../../../local/cloudbuild/substitutions.ts';

describe('expandSubstitutions', () => {
  const cases: [text: string, expanded: string][] = [
    ['$_IMG:$_TAG', 'trainer:1'],
    [`\${_IMG}_\${_TAG}`, 'trainer_1'],
    ['$$_IMG', '$_IMG'],
    ['$1 and $lower', '$1 and $lower'],
    ['[$_NONE]', '[]'],
  ];
  for (const [text, expanded] of cases) {
    it(`expands ${text} to ${expanded}`, () => {
      assert.equal(expandSubstitutions(text, {_IMG: 'trainer', _TAG: '1'}).value, expanded);
    });
  }

  it('expands every text within a value, once', () => {
    const {value} = expandSubstitutions({steps: [{args: ['-t', '$_A'], count: 1}]}, {_A: '$_A'});

    assert.deepEqual(value, {steps: [{args: ['-t', '$_A'], count: 1}]});
  });

  it('names what it did not know and what nobody used', () => {
    const {unknown, unused} = expandSubstitutions(['$_A', '$_B', '$toString'], {_A: '1', _C: '2'});

    assert.deepEqual([unknown, unused], [['_B'], ['_C']]);
  });
});
