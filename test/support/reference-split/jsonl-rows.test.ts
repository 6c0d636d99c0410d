import assert from 'node:assert/strict';
import type {SplitDefinition} from '../../../shared/domain/split/split-definition.ts';
import {definitionOf} from '../../shared/domain/split/split-text.ts';
import {JsonlRows} from './jsonl-rows.ts';
import {type ReadableRow, readRows} from './readable-row.ts';

describe('JsonlRows', () => {
  it('takes the line without its line break as key of a row', () => {
    const [row] = rowsOf('{"label": "x", "a": 1}\r\n');

    assert.deepEqual(row, {
      kind: 'sound',
      text: '{"label": "x", "a": 1}\r\n',
      key: '{"label": "x", "a": 1}',
      label: 'x',
    });
  });

  it('reads label and key at their paths', () => {
    const definition = definitionOf({label: 'out.class'}, {key: ['user.id', 'user.eu']});

    const [row] = rowsOf(
      '{"user": {"id": 9007199254740991, "eu": true}, "out": {"class": 2.5}}\n',
      definition,
    );

    assert.equal(row?.key, '16:9007199254740991,4:true,');
    assert.equal(row?.label, '2.5');
  });

  it('takes the paths of the first object as columns', () => {
    const reader = new JsonlRows(definitionOf());
    reader.push(
      Buffer.from('{"a": {"b": 1, "c": [1, {"d": 2}]}, "label": 0, "e": null}\n{"label": 1, "f": 1}\n'),
    );

    assert.deepEqual(reader.columns, ['a.b', 'a.c', 'label', 'e']);
  });

  it('takes names of built-in properties as data', () => {
    const definition = definitionOf({label: '__proto__.toString'}, {key: ['constructor']});

    const [row] = rowsOf('{"__proto__": {"toString": "x"}, "constructor": "k"}\n', definition);

    assert.equal(row?.label, 'x');
    assert.equal(row?.key, 'k');
    assert.equal('x' in {}, false);
  });

  const malformed: readonly (readonly [string, string, RegExp])[] = [
    ['a line that is no JSON', '{"label": 1', /^not a JSON object$/],
    ['a list', '[1]', /^not a JSON object$/],
    ['null', 'null', /^not a JSON object$/],
    ['a line of spaces', '  ', /^not a JSON object$/],
    ['an object without the label', '{"id": "1"}', /^the label is missing/],
    ['a label that is null', '{"id": "1", "label": null}', /^the label is missing, null/],
    ['a label that is an object', '{"id": "1", "label": {}}', /^the label is/],
    ['an object without the key', '{"label": 1}', /^a key is missing/],
    ['a key that is no whole number', '{"id": 1.5, "label": 1}', /^a key is missing or neither/],
    [
      'a key that a number cannot hold',
      '{"id": 9007199254740993, "label": 1}',
      /^a key is missing or neither/,
    ],
    ['a key that only the prototype has', '{"toString": 1, "label": 1}', /^a key is missing/],
  ];
  for (const [name, text, reason] of malformed) {
    it(`calls ${name} malformed`, () => {
      const [, row] = rowsOf(`{"id": "1", "label": 1}\n${text}\n`, definitionOf({}, {key: ['id']}));

      assert.equal(row?.line, 2);
      assert.match(row?.reason ?? '', reason);
    });
  }

  for (const text of ['[\n{"label": 1}\n]\n', 'a,label\n1,2\n', '7\n']) {
    it(`refuses a file that begins with ${JSON.stringify(text.split('\n')[0])}`, () => {
      assert.throws(() => rowsOf(text), {code: 'JSONL_SYNTAX', where: 'line 1'});
    });
  }

  it('refuses a file whose first object lacks the label', () => {
    assert.throws(() => rowsOf('\n{"lable": 1, "a": {"b": 2}}\n'), {
      code: 'COLUMN_MISSING',
      message: 'There is no column "label"; found: "lable", "a.b".',
      where: 'line 2',
      hint: /^Correct data\.label/,
    });
  });

  it('refuses a label that only the prototype has', () => {
    assert.throws(() => rowsOf('{"a": 1}\n', definitionOf({label: 'toString'})), {code: 'COLUMN_MISSING'});
  });

  it('refuses a file whose first object lacks a key', () => {
    assert.throws(() => rowsOf('{"label": 1}\n', definitionOf({}, {key: ['user.id']})), {
      code: 'COLUMN_MISSING',
      hint: /^Correct split\.key/,
    });
  });
});

function rowsOf(text: string, definition: SplitDefinition = definitionOf()): ReadableRow[] {
  return readRows(new JsonlRows(definition), text);
}
