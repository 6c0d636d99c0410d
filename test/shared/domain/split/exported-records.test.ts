import assert from 'node:assert/strict';
import fc from 'fast-check';
import {ExportedRecords} from '../../../../shared/domain/split/exported-records.ts';

/** As a CSV export writes a column: by the rule of RFC 4180, or with quotes that nobody needs. */
function exported(records: readonly {text: string; quoted: boolean}[]): Buffer {
  const fields = records.map(({text, quoted}) =>
    quoted || /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text,
  );
  return Buffer.from(fields.map((field) => `${field}\n`).join(''));
}

const text = fc.string({unit: fc.constantFrom('"', ',', 'a', 'ü', '\\', "'", '{', ' '), minLength: 1});
const records = fc.array(fc.record({text, quoted: fc.boolean()}));

describe('ExportedRecords', () => {
  it('gives the records back, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(records, fc.integer({min: 1, max: 7}), (given, size) => {
        const bytes = exported(given);
        const reader = new ExportedRecords();
        const pieces: string[] = [];
        for (let at = 0; at < bytes.length; at += size)
          pieces.push(reader.push(Buffer.from(bytes.subarray(at, at + size))).toString('latin1'));

        const read = Buffer.from(pieces.join(''), 'latin1').toString();
        assert.equal(read, given.map((record) => `${record.text}\n`).join(''));
        assert.equal(reader.rows, given.length);
      }),
    );
  });

  it('takes a quote inside a record without quotes for a character', () => {
    assert.equal(String(new ExportedRecords().push(Buffer.from('a"b""c\n'))), 'a"b""c\n');
  });
});
