import assert from 'node:assert/strict';
import fc from 'fast-check';
import {controlFault, secretFault, shown, structureFault} from '../../../shared/domain/untrusted-value.ts';
import {SECRET_EXAMPLES} from '../../support/secret-examples.ts';

/** A list in a list, so many times. */
function nested(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}

describe('structureFault', () => {
  it('finds nothing in twenty levels, whatever the texts in them', () => {
    assert.equal(structureFault(nested(21)), undefined);
    assert.equal(structureFault({a: ['__proto__', {b: 'constructor'}]}), undefined);
  });

  it('finds the twenty-first level, and says where it begins', () => {
    assert.deepEqual(structureFault({a: {b: nested(20)}}), {
      path: 'a.b.0',
      message: 'is nested deeper than 20 levels',
    });
  });

  it('comes to an end in a hundred thousand levels, and in a list that holds itself', () => {
    const round: unknown[] = [];
    round.push(round);

    for (const value of [nested(100_000), round]) assert.equal(structureFault(value)?.path, '0.0.0');
  });

  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    it(`finds the name ${name} as JSON brings it`, () => {
      const value: unknown = JSON.parse(`{"a": [{}, {"${name}": {"x": 1}}]}`);

      assert.deepEqual(structureFault(value), {
        path: `a.1.${name}`,
        message: 'is a name that every object has',
      });
    });
  }

  it('lets nothing pass that a walk by the platform breaks on', () => {
    fc.assert(
      fc.property(fc.jsonValue({maxDepth: 30}), (value) => {
        if (structureFault(value) === undefined) JSON.stringify(value);
        assert.deepEqual(Object.keys(Object.prototype), []);
      }),
    );
  });
});

describe('controlFault', () => {
  it('takes every language, tabs and signs', () => {
    assert.equal(controlFault({größe: ['längе', 'a\tb', '名前', 'می‌خواهم', '👩‍🌾', '$(x)']}), undefined);
  });

  for (const character of ['\0', '\n', '\r', '\u001b', '\u007f', '\u009b', '\ud800']) {
    it(`finds ${JSON.stringify(character)} in a text and in a name`, () => {
      const message = 'holds a control character';

      assert.deepEqual(controlFault({a: ['b', `c${character}`]}), {path: 'a.1', message});
      assert.equal(controlFault({[`a${character}`]: 1})?.message, message);
      assert.doesNotMatch(controlFault({[`a${character}`]: 1})?.path ?? '', /[\p{Cc}\p{Cs}]/u);
    });
  }
});

describe('secretFault', () => {
  for (const [what, secret] of Object.entries(SECRET_EXAMPLES)) {
    it(`finds ${what} and does not repeat it`, () => {
      const message = `holds what looks like ${what} (${secret.length} characters)`;

      assert.deepEqual(secretFault({a: [{b: secret}]}), {path: 'a.0.b', message});
      assert.deepEqual(secretFault({a: {[secret]: 1}}), {path: 'a', message});
    });
  }

  it('finds none in what pipelines say', () => {
    assert.equal(
      secretFault({name: 'flowers', split: {salt: 'a'.repeat(64)}, tune: {maxTrials: 2}}),
      undefined,
    );
  });
});

describe('shown', () => {
  it('writes invisible characters out and cuts long names', () => {
    assert.equal(shown(['a', 'b\u202e', 'x'.repeat(61)]), `a.b\\u{202e}.${'x'.repeat(60)}…`);
  });
});
