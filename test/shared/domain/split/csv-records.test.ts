import assert from 'node:assert/strict';
import fc from 'fast-check';
import {CsvGrammar, contentOf, fieldOf} from '../../../../shared/domain/split/csv-records.ts';
import {RecordCutter} from '../../../../shared/domain/split/record-cutter.ts';
import {cut} from './split-text.ts';

describe('CsvGrammar', () => {
  const readings: readonly (readonly [name: string, text: string, fields: string[][]])[] = [
    [
      'separates fields at the delimiter',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'keeps empty fields',
      ',\n"",x\n',
      [
        ['', ''],
        ['', 'x'],
      ],
    ],
    ['takes delimiters inside quotes as text', '"a,b",c\n', [['a,b', 'c']]],
    ['takes line breaks inside quotes as text', '"a\nb\r\nc",d\n', [['a\nb\r\nc', 'd']]],
    ['unescapes doubled quotes', '"a ""b""",""""\n', [['a "b"', '"']]],
    ['takes a quote inside an unquoted field as text', '5" pipe,a"b"\n', [['5" pipe', 'a"b"']]],
    ['ends records at LF, CRLF and CR alike', 'a\nb\r\nc\rd', [['a'], ['b'], ['c'], ['d']]],
    ['needs no line break at the end', 'a,b', [['a', 'b']]],
    ['ends the last field at the end of the file', 'a,', [['a', '']]],
    ['skips blank lines', '\n\na\r\n\r\n\nb\n\n', [['a'], ['b']]],
    ['keeps a line of one empty quoted field', '""\n', [['']]],
    ['keeps spaces', ' a , b \n', [[' a ', ' b ']]],
    ['keeps characters of several bytes', '"é,日",本\n', [['é,日', '本']]],
  ];
  for (const [name, text, fields] of readings) {
    it(name, () => {
      assert.deepEqual(fieldsOf(text), fields);
    });
  }

  it('separates at the delimiter it was given', () => {
    assert.deepEqual(fieldsOf('a;"b;c";d,e\n', ';'), [['a', 'b;c', 'd,e']]);
  });

  it('tells where each record begins', () => {
    const lines = recordsOf('a\n\n"b\nb"\r\nc\rd\ne').map(({line}) => line);

    assert.deepEqual(lines, [1, 3, 5, 6, 7]);
  });

  for (const text of ['"a"b,c\n', 'x,"a" \n', '"a"b"c"\n', '"a"b,"c"\n', '"a"b']) {
    it(`calls ${JSON.stringify(text)} broken`, () => {
      assert.deepEqual(
        recordsOf(text).map(({isBroken}) => isBroken),
        [true],
      );
    });
  }

  it('calls only the record broken that is', () => {
    assert.deepEqual(
      recordsOf('a\n"b"b\n"c"\n').map(({isBroken}) => isBroken),
      [false, true, false],
    );
  });

  for (const [text, line] of [
    ['"', 1],
    ['a\nb,"c\n', 2],
    ['"a\nb",\n"x\ny","z\n\n', 4],
    ['"a""', 1],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}, whose last quote is never closed`, () => {
      assert.throws(() => recordsOf(text), {code: 'CSV_QUOTE', where: `line ${line}`});
    });
  }

  it('agrees with a parser made of one regular expression, however the file is cut', () => {
    fc.assert(
      fc.property(anyCsv, fc.array(fc.integer({min: 1, max: 9}), {minLength: 1}), (text, sizes) => {
        const records = recordsOf(text, ',', sizes);

        assert.deepEqual(
          records.map((record) => ({text: contentOf(record).toString(), fields: allFields(record)})),
          parseSimply(text),
        );
      }),
      {numRuns: 500},
    );
  });

  it('keeps every byte of a file without blank lines', () => {
    fc.assert(
      fc.property(anyCsvWithoutBlankLines, (text) => {
        assert.equal(
          recordsOf(text)
            .map(({bytes}) => bytes.toString())
            .join(''),
          text,
        );
      }),
    );
  });
});

type CsvRecords = ReturnType<typeof recordsOf>;

function recordsOf(text: string, delimiter = ',', sizes: readonly number[] = [1_000_000]) {
  const cutter = new RecordCutter(new CsvGrammar(delimiter));
  return [...cut(Buffer.from(text), sizes).flatMap((chunk) => cutter.push(chunk)), ...cutter.finish()];
}

function fieldsOf(text: string, delimiter = ','): string[][] {
  return recordsOf(text, delimiter).map(allFields);
}

function allFields(record: CsvRecords[number]): string[] {
  return record.fieldEnds.map((_, index) => fieldOf(record, index)!.toString());
}

const plainField = fc.string({unit: fc.constantFrom('a', 'é', ' ', '0'), maxLength: 4});
const strayQuoteField = plainField.map((text) => `x${text}"`);
const quotedField = fc
  .string({unit: fc.constantFrom('a', '""', ',', '\n', '\r\n', '\r', '日'), maxLength: 6})
  .map((text) => `"${text}"`);
const anyField = fc.oneof(plainField, strayQuoteField, quotedField);
const anyRecord = fc.array(anyField, {minLength: 1, maxLength: 4}).map((fields) => fields.join(','));
const anyLineBreak = fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n\r\n');
const anyCsv = fc
  .tuple(fc.array(fc.tuple(anyRecord, anyLineBreak), {maxLength: 8}), fc.option(anyRecord, {nil: ''}))
  .map(([lines, last]) => lines.flat().join('') + last);

const anyCsvWithoutBlankLines = fc
  .array(
    fc.tuple(
      anyRecord.filter((record) => record !== ''),
      fc.constantFrom('\n', '\r\n', '\r'),
    ),
  )
  .map((lines) => lines.flat().join(''));

const FIELD = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|\r|\n|$)/y;

/** Well-formed CSV only. */
function parseSimply(text: string): {text: string; fields: string[]}[] {
  const records: {text: string; fields: string[]}[] = [];
  let fields: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length || fields.length > 0; ) {
    FIELD.lastIndex = at;
    const [match, quoted, plain, end] = FIELD.exec(text)!;
    fields.push(quoted?.replaceAll('""', '"') ?? plain!);
    at += match.length;
    if (end === ',') continue;
    const record = text.slice(start, at - end!.length);
    if (record !== '') records.push({text: record, fields});
    fields = [];
    start = at;
  }
  return records;
}
