import assert from 'node:assert/strict';
import fc from 'fast-check';
import {compileFilter} from '../../local/filter.ts';

/** Compiles over a set of letters: `a=1` holds when the set has `a`. */
function letters(text: string): (set: string) => boolean {
  return compileFilter<string>(
    text,
    ({field}) =>
      (set) =>
        set.includes(field),
  );
}

describe('compileFilter', () => {
  it('binds NOT before OR before AND', () => {
    const filter = letters('a=1 OR NOT b=1 AND c=1');

    assert.equal(filter('ac'), true);
    assert.equal(filter('c'), true);
    assert.equal(filter('bc'), false);
    assert.equal(filter('a'), false);
  });

  it('follows parentheses', () => {
    const filter = letters('a=1 AND (b=1 OR (c=1 AND NOT d=1))');

    assert.equal(filter('ab'), true);
    assert.equal(filter('ac'), true);
    assert.equal(filter('acd'), false);
    assert.equal(filter('bc'), false);
  });

  it('hands over field, operator and value of each comparison', () => {
    const seen: unknown[] = [];
    compileFilter('resource.labels.x!="say \\"hi\\"" AND\n  n >= 3', (comparison) => {
      seen.push(comparison);
      return () => true;
    });

    assert.deepEqual(seen, [
      {kind: 'comparison', field: 'resource.labels.x', operator: '!=', value: 'say "hi"'},
      {kind: 'comparison', field: 'n', operator: '>=', value: '3'},
    ]);
  });

  it('reads back any value that was quoted', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const quoted = `"${value.replace(/[\\"]/g, '\\$&')}"`;
        const test = compileFilter<string>(
          `a=${quoted}`,
          (comparison) => (text) => comparison.value === text,
        );
        assert.equal(test(value), true);
      }),
    );
  });

  for (const text of [
    '',
    'word',
    '"text"',
    'a=',
    '=1',
    'a=1 b=2',
    'a=1 AND',
    '(a=1',
    'a=1)',
    'NOT',
    'a="x',
    'a==1',
    'f(x)',
    'a=(1)',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => letters(text), {status: 'INVALID_ARGUMENT', message: /Unparseable filter/});
    });
  }
});
