import assert from 'node:assert/strict';
import {keyReader} from '../../../../shared/domain/split/key-forms.ts';
import type {SplitDefinition} from '../../../../shared/domain/split/split-definition.ts';
import {definitionOf} from './split-text.ts';

const CSV = definitionOf();
const JSONL = definitionOf({format: 'jsonl'});
const COLUMNS = ['id', 'text', 'label'];

function forms(text: string, definition: SplitDefinition) {
  return keyReader(definition, COLUMNS)(Buffer.from(text));
}

function areOneForm(texts: readonly string[], definition: SplitDefinition): boolean {
  assert.equal(new Set(texts.map((text) => forms(text, definition).exact)).size, texts.length);
  return new Set(texts.map((text) => forms(text, definition).plain)).size === 1;
}

describe('keyReader', () => {
  it('takes a whole row for the key, or the values of columns in the order of the key', () => {
    assert.equal(forms('1,"a, b",x', CSV).exact, '1,"a, b",x');
    assert.equal(forms('1,"a, b",x', definitionOf({}, {key: ['text', 'id']})).exact, '["a, b","1"]');
    assert.equal(
      forms('{"id":7,"a":{"b":true}}', definitionOf({format: 'jsonl'}, {key: ['a.b', 'id']})).exact,
      '["true","7"]',
    );
  });

  it('takes quotes around a value for its spelling in CSV, and no difference in a key of columns', () => {
    assert.ok(areOneForm(['1,a,x', '"1",a,x', '"1","a","x"'], CSV));
    const key = definitionOf({}, {key: ['id']});
    assert.equal(forms('"1",a,x', key).exact, forms('1,b,x', key).exact);
  });

  it('sees through spaces, and spellings of a number', () => {
    assert.ok(areOneForm(['1,a,x', ' 1,a ,x', '1.0,a,x', '+1,a,x', '1e0,"\ta",x', '1.,a,x'], CSV));
    assert.ok(areOneForm(['{"id":1,"t":"a"}', '{"t": "a", "id": 1.0}', '{"id":10e-1,"t":" a"}'], JSONL));
  });

  it('sees through the order of names inside an object, not through that of a list', () => {
    assert.ok(areOneForm(['{"a":{"b":1,"c":[1,2]}}', '{"a":{"c":[1,2],"b":1}}'], JSONL));
    assert.ok(!areOneForm(['{"a":[1,2]}', '{"a":[2,1]}'], JSONL));
  });

  it('keeps apart what may be different things', () => {
    for (const pair of [
      ['007,a,x', '7,a,x'],
      ['1,A,x', '1,a,x'],
      ['9007199254740993,a,x', '9007199254740992,a,x'],
      ['1e400,a,x', '1e401,a,x'],
      ['0x10,a,x', '16,a,x'],
      ['1,"a b",x', '1,"a  b",x'],
    ])
      assert.ok(!areOneForm(pair, CSV), pair.join(' | '));
    assert.ok(!areOneForm(['{"id":"1"}', '{"id":1}'], JSONL));
    assert.ok(!areOneForm(['{"id":9007199254740993}', '{"id":9007199254740992}'], JSONL));
  });
});
