import assert from 'node:assert/strict';
import fc from 'fast-check';
import {isOlder, supersederOf} from '../../../shared/domain/generation.ts';

describe('generations', () => {
  it('are told apart where numbers are not', () => {
    assert.equal(isOlder('9007199254740992', '9007199254740993'), true);
    assert.equal(isOlder('9007199254740993', '9007199254740992'), false);
  });

  it('are compared by value, not as text', () => {
    assert.equal(isOlder('9', '10'), true);
  });

  it('are in one order', () => {
    const generation = fc.bigInt(1n, 9_223_372_036_854_775_807n);
    fc.assert(
      fc.property(generation, generation, (a, b) => {
        assert.equal(isOlder(String(a), String(b)), a < b);
      }),
    );
  });
});

describe('a run', () => {
  it('is superseded by a newer generation of its object', () => {
    assert.equal(supersederOf({generation: '7', epoch: 0}, '8'), '8');
  });

  it('is not superseded by its own generation, an older one or none', () => {
    for (const head of ['7', '6', undefined]) {
      assert.equal(supersederOf({generation: '7', epoch: 0}, head), undefined);
    }
  });

  it('is not superseded when it was asked for again', () => {
    assert.equal(supersederOf({generation: '7', epoch: 1}, '8'), undefined);
  });
});
