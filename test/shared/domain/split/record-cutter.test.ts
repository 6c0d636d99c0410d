import assert from 'node:assert/strict';
import fc from 'fast-check';
import {jsonLines} from '../../../../shared/domain/split/jsonl-records.ts';
import {MAX_RECORD_BYTES, RecordCutter} from '../../../../shared/domain/split/record-cutter.ts';
import {cut} from './split-text.ts';

const BOM = '\uFEFF';

describe('RecordCutter', () => {
  it('cuts the same records from any chunks', () => {
    const anyText = fc.string({unit: fc.constantFrom('a', 'é', '日', '😀', '\n', '\r\n'), maxLength: 40});
    fc.assert(
      fc.property(
        anyText,
        fc.boolean(),
        fc.array(fc.integer({min: 1, max: 8}), {minLength: 1}),
        (text, marked, sizes) => {
          const bytes = Buffer.from(marked ? BOM + text : text);

          assert.deepEqual(
            linesOf(cut(bytes, sizes)),
            text.split(/\r?\n/).filter((line) => line !== ''),
          );
        },
      ),
    );
  });

  it('keeps nothing of a chunk whose memory is used again', () => {
    const cutter = new RecordCutter(jsonLines);
    const chunk = Buffer.from('first\nsec');
    cutter.push(chunk);
    chunk.fill('x');

    const records = cutter.push(Buffer.from('ond\n'));

    assert.deepEqual(
      records.map(({content, line}) => [content.toString(), line]),
      [['second', 2]],
    );
  });

  it('accepts files shorter than any signature', () => {
    assert.deepEqual(linesOf([Buffer.from('a')]), ['a']);
    assert.deepEqual(linesOf([Buffer.from(BOM)]), []);
    assert.deepEqual(linesOf([]), []);
  });

  it('accepts a column that is named like the first letters of a Parquet file', () => {
    assert.deepEqual(linesOf([Buffer.from('PAR1,PK\n')]), ['PAR1,PK']);
  });

  it('accepts a record of just 1 MiB, its line break included', () => {
    const record = Buffer.concat([Buffer.alloc(MAX_RECORD_BYTES - 1, 'a'), Buffer.from('\n')]);

    assert.equal(linesOf([record])[0]?.length, MAX_RECORD_BYTES - 1);
  });

  for (const chunkSize of [64 * 1024, 4 * 1024 * 1024]) {
    it(`refuses a record of one byte more in chunks of ${chunkSize}`, () => {
      const bytes = Buffer.concat([
        Buffer.from('ok\n'),
        Buffer.alloc(MAX_RECORD_BYTES, 'a'),
        Buffer.from('\nok\n'),
      ]);

      assert.throws(() => linesOf(cut(bytes, [chunkSize])), {code: 'RECORD_TOO_LARGE', where: 'line 2'});
    });
  }

  it('refuses an endless record without waiting for its end', () => {
    const cutter = new RecordCutter(jsonLines);
    cutter.push(Buffer.alloc(MAX_RECORD_BYTES, 'a'));

    assert.throws(() => cutter.push(Buffer.from('a')), {code: 'RECORD_TOO_LARGE', where: 'line 1'});
  });

  const binary: readonly (readonly [string, string | number[], string])[] = [
    ['a ZIP archive', 'PK\x03\x04\x14\x00', 'DATA_BINARY'],
    ['an empty ZIP archive', 'PK\x05\x06\x00\x00', 'DATA_BINARY'],
    ['gzip inside gzip', [0x1f, 0x8b, 8, 0, 0, 0], 'DATA_BINARY'],
    ['a Parquet file', 'PAR1\x15\x04\x15', 'DATA_BINARY'],
    ['an Avro file', 'Obj\x01\x04\x14', 'DATA_BINARY'],
    ['Zstandard data', [0x28, 0xb5, 0x2f, 0xfd, 0x24], 'DATA_BINARY'],
    ['UTF-16 in little-endian order', [0xff, 0xfe, 0x61, 0, 0x0a, 0], 'ENCODING_NOT_UTF8'],
    ['UTF-16 in big-endian order', [0xfe, 0xff, 0, 0x61, 0, 0x0a], 'ENCODING_NOT_UTF8'],
    ['gzip cut off after its signature', [0x1f, 0x8b], 'DATA_BINARY'],
  ];
  for (const [name, bytes, code] of binary) {
    it(`refuses ${name}, even byte by byte`, () => {
      assert.throws(() => linesOf(cut(bytesOf(bytes), [1])), {code, where: 'byte 0'});
    });
  }

  const notText: readonly (readonly [string, (string | number[])[], string, string])[] = [
    ['a NUL byte', ['a\nb\0\n'], 'CONTROL_CHAR', 'byte 3'],
    ['a NUL byte in a record that never ends', ['a\nb', 'c\0c'], 'CONTROL_CHAR', 'byte 4'],
    ['a NUL byte in a later chunk', ['first\nsecond\n', 'thi\0rd\n'], 'CONTROL_CHAR', 'byte 16'],
    ['UTF-16 without a mark', ['a\0b\0\n\0'], 'CONTROL_CHAR', 'byte 1'],
    ['a Latin-1 character', ['ok\ncaf', [0xe9], '\n'], 'ENCODING_NOT_UTF8', 'byte 6'],
    ['a broken pair', ['ok', [0xc3, 0x28], '\n'], 'ENCODING_NOT_UTF8', 'byte 2'],
    ['a character cut off by the end', ['ok', [0xe6, 0x97]], 'ENCODING_NOT_UTF8', 'byte 2'],
    ['a surrogate', ['ok\n', [0xed, 0xa0, 0x80], '\n'], 'ENCODING_NOT_UTF8', 'byte 3'],
    ['an invalid byte after a byte order mark', [BOM, 'a', [0xff], '\n'], 'ENCODING_NOT_UTF8', 'byte 4'],
  ];
  for (const [name, pieces, code, where] of notText) {
    it(`refuses ${name}`, () => {
      const chunks = pieces.map(bytesOf);

      assert.throws(() => linesOf(chunks), {code, where});
      assert.throws(() => linesOf(cut(Buffer.concat(chunks), [1])), {code, where});
    });
  }

  it('accepts the replacement character itself', () => {
    assert.deepEqual(linesOf([Buffer.from('a\uFFFDb\n')]), ['a\uFFFDb']);
  });
});

function linesOf(chunks: readonly Buffer[]): string[] {
  const cutter = new RecordCutter(jsonLines);
  const records = [...chunks.flatMap((chunk) => cutter.push(chunk)), ...cutter.finish()];
  return records.map(({content}) => content.toString());
}

function bytesOf(piece: string | readonly number[]): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece);
}
