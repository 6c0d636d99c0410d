import assert from 'node:assert/strict';
import {MAX_COLUMNS, MAX_HEADER_BYTES} from '../../../shared/domain/split/header-limit.ts';
import type {SplitDefinition} from '../../../shared/domain/split/split-definition.ts';
import {definitionOf} from '../../shared/domain/split/split-text.ts';
import {CsvRows} from './csv-rows.ts';
import {type ReadableRow, readRows} from './readable-row.ts';

describe('CsvRows', () => {
  it('reads the header once, without a byte order mark', () => {
    const [header, ...rows] = rowsOf('\uFEFFid,label\r\n1,a\r\n');

    assert.deepEqual(header, {kind: 'header', text: 'id,label\r\n'});
    assert.equal(rows.length, 1);
  });

  it('names the columns in the order of the file', () => {
    const reader = new CsvRows(definitionOf());
    reader.push(Buffer.from('"a ""b""",label,__proto__,constructor\n'));

    assert.deepEqual(reader.columns, ['a "b"', 'label', '__proto__', 'constructor']);
  });

  it('takes the record without its line break as key of a row', () => {
    for (const lineBreak of ['\n', '\r\n', '\r', '']) {
      const [, row] = rowsOf(`id,label\n1,"x,y"${lineBreak}`);

      assert.deepEqual(row, {kind: 'sound', text: `1,"x,y"${lineBreak}`, key: '1,"x,y"', label: 'x,y'});
    }
  });

  it('takes the decoded field as key of a column, however it is quoted', () => {
    const [, plain, quoted] = rowsOf('id,label\nab,0\n"ab",1\n', definitionOf({}, {key: ['id']}));

    assert.deepEqual([plain?.key, quoted?.key], ['ab', 'ab']);
  });

  it('joins the fields of several key columns as netstrings, in the order of the key', () => {
    const [, row] = rowsOf('a,b,label\né,"x""y",0\n', definitionOf({}, {key: ['b', 'a']}));

    assert.equal(row?.key, '3:x"y,2:é,');
  });

  it('calls records malformed whose fields are not one per column', () => {
    const [, ...rows] = rowsOf('a,label\n1,2,3\n1\n1,2\n"1"1,2\n');

    assert.deepEqual(
      rows.map(({reason, line}) => reason && `${line}: ${reason}`),
      [
        '2: 3 fields, the header has 2',
        '3: 1 fields, the header has 2',
        undefined,
        '5: text follows the closing quote of a field',
      ],
    );
  });

  const refusals: readonly (readonly [
    string,
    string,
    {code: string; message?: string; where?: string; hint?: RegExp},
  ])[] = [
    [
      'a header without the label',
      'a,"b\n"\n',
      {
        code: 'COLUMN_MISSING',
        message: 'There is no column "label"; found: "a", "b\\u{a}".',
        where: 'line 1',
      },
    ],
    [
      'a header of another case',
      'Label\n',
      {code: 'COLUMN_MISSING', message: 'There is no column "label"; found: "Label".'},
    ],
    [
      'a long header without the label, naming ten columns',
      `${Array.from({length: 13}, (_, index) => `c${index}`).join(',')}\n`,
      {
        code: 'COLUMN_MISSING',
        message:
          'There is no column "label"; found: "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9" and 3 more.',
      },
    ],
    [
      'a header with another delimiter',
      'a;label\n',
      {
        code: 'DELIMITER_SUSPECT',
        message: 'The header looks like one column: "a;label".',
        where: 'line 1',
        hint: /^Set data\.delimiter to ";" in pipeline\.yaml\.$/,
      },
    ],
    [
      'a header of two columns without the label, whatever is in their names',
      'a;b,c\n',
      {code: 'COLUMN_MISSING', message: 'There is no column "label"; found: "a;b", "c".'},
    ],
    [
      'a header with tabs',
      'a\tlabel\n',
      {code: 'DELIMITER_SUSPECT', hint: /^Set data\.delimiter to "\\t" in/},
    ],
    [
      'a header of too many columns',
      `${Array.from({length: MAX_COLUMNS + 1}, (_, column) => column).join(',')}\n`,
      {
        code: 'TOO_MANY_COLUMNS',
        message: 'The data have 10001 columns; at most 10000 are read.',
        where: 'line 1',
      },
    ],
    [
      'a header of too many bytes',
      `${'x'.repeat(MAX_HEADER_BYTES)}\n`,
      {code: 'HEADER_TOO_LARGE', message: 'The header has 65537 bytes; at most 64 KiB are read.'},
    ],
    [
      'a header that names a column twice',
      '\na,label,a\n',
      {code: 'COLUMN_DUPLICATE', message: 'The header names the column "a" twice.', where: 'line 2'},
    ],
    ['a column without a name', 'a, ,label\n', {code: 'COLUMN_BLANK', message: 'Column 2 of 3 has no name.'}],
    ['a header with text after a quote', '"a"b,label\n', {code: 'CSV_QUOTE', where: 'line 1'}],
  ];
  for (const [name, text, expected] of refusals) {
    it(`refuses ${name}`, () => {
      assert.throws(() => rowsOf(text), expected);
    });
  }

  it('takes a header of as many columns and bytes as are allowed', () => {
    const columns = Array.from({length: MAX_COLUMNS - 2}, (_, column) => column);
    const padding = 'x'.repeat(MAX_HEADER_BYTES - `${columns},,label\n`.length);

    assert.equal(rowsOf(`${columns},${padding},label\n`)[0]?.kind, 'header');
  });

  it('takes a delimiter in the name of the only column when that is the label', () => {
    assert.equal(rowsOf('a;b\n1\n', definitionOf({label: 'a;b'}))[1]?.label, '1');
  });

  it('refuses a header without a key column', () => {
    assert.throws(() => rowsOf('label\n', definitionOf({}, {key: ['user']})), {
      code: 'COLUMN_MISSING',
      message: 'There is no column "user"; found: "label".',
      hint: /^Correct split\.key/,
    });
  });
});

function rowsOf(text: string, definition: SplitDefinition = definitionOf()): ReadableRow[] {
  return readRows(new CsvRows(definition), text);
}
