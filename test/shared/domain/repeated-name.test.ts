import assert from 'node:assert/strict';
import fc from 'fast-check';
import {repeatedName} from '../../../shared/domain/repeated-name.ts';

describe('repeatedName', () => {
  const repeated: [string, string, string][] = [
    ['at the top', '{"a": 1, "b": 2, "a": 1}', 'a'],
    ['in an object within', '{"a": {"b": 1, "b": 2}}', 'b'],
    ['in an object of a list', '[{"a": 1}, {"b": [], "b": 2}]', 'b'],
    ['after an object that has ended', '{"a": {"b": 1}, "a": 2}', 'a'],
    ['once written with an escape', '{"a": 1, "\\u0061": 2}', 'a'],
    ['that every object has', '{"__proto__": 1, "__proto__": 2}', '__proto__'],
    ['of no characters', '{"": 1, "": 2}', ''],
    ['with a quote in it', String.raw`{"a\"": 1, "a\"" : 2}`, 'a"'],
  ];
  for (const [where, json, name] of repeated) {
    it(`finds a name ${where}`, () => {
      assert.equal(repeatedName(json), name);
    });
  }

  const single = [
    '{"a": {"a": {"a": 1}}}',
    '[{"a": 1}, {"a": 2}]',
    '{"a": "a", "b": "a"}',
    '{"a": "{\\"b\\":1,\\"b\\":2}"}',
    '{"a": "\\\\", "b": "}", "c": "{"}',
    '{"a": ["b", "b"]}',
    '"a"',
    '7',
  ];
  for (const json of single) {
    it(`finds none in ${json}`, () => {
      assert.equal(repeatedName(json), undefined);
    });
  }

  it('finds none in anything that JSON.stringify writes', () => {
    fc.assert(fc.property(fc.json(), (json) => repeatedName(json) === undefined));
  });

  it('finds the name that is put a second time into any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), {minKeys: 1}), fc.nat(), (object, pick) => {
        const names = Object.keys(object);
        const name = names[pick % names.length];
        const json = `${JSON.stringify(object).slice(0, -1)},${JSON.stringify(name)}:0}`;
        return repeatedName(json) === name;
      }),
    );
  });
});
