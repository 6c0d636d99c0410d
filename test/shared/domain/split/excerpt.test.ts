import assert from 'node:assert/strict';
import fc from 'fast-check';
import {excerpt} from '../../../../shared/domain/split/excerpt.ts';

describe('excerpt', () => {
  const texts: readonly (readonly [string, string])[] = [
    ['Cover_Type', '"Cover_Type"'],
    ['', '""'],
    ['日本語 "q"', '"日本語 "q""'],
    ['a\nb\x1b[31m', '"a\\u{a}b\\u{1b}[31m"'],
    ['evil\u202Egpj', '"evil\\u{202e}gpj"'],
    ['\uFEFFid', '"\\u{feff}id"'],
    ['lone \uD800', '"lone \\u{d800}"'],
    ['x'.repeat(80), `"${'x'.repeat(80)}"`],
    ['x'.repeat(81), `"${'x'.repeat(79)}…"`],
    ['😀'.repeat(100), `"${'😀'.repeat(79)}…"`],
  ];
  for (const [text, expected] of texts) {
    it(`shows ${text.length} code units as ${expected.slice(0, 31)}`, () => {
      assert.equal(excerpt(text), expected);
    });
  }

  it('never shows an invisible character', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary', maxLength: 100}), (text) => {
        assert.doesNotMatch(excerpt(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
