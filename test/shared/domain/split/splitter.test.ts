import assert from 'node:assert/strict';
import fc from 'fast-check';
import {PARTS, partOfBucket, type SplitDefinition} from '../../../../shared/domain/split/split-definition.ts';
import {STREAMS} from '../../../../shared/domain/split/split-statistics.ts';
import {WINDOW_BYTES} from '../../../../shared/domain/split/splitter.ts';
import {bucketOf, fingerprint64} from '../../../support/reference-split/fingerprint.ts';
import {cut, definitionOf, splitChunks, splitText} from './split-text.ts';

const HEADER = 'id,label\n';
const ROWS = Array.from({length: 300}, (_, row) => `u${row % 120},${row % 3}\n`);
const FILE = HEADER + ROWS.join('');

describe('Splitter', () => {
  it('sends every record to the part of its bucket, in the order of the file', () => {
    const {streams} = splitText(FILE, definitionOf({}, {salt: 'pepper'}));

    for (const part of PARTS) {
      const expected = ROWS.filter((row) => partOf(`pepper${row.trimEnd()}`) === part);
      assert.equal(streams[part], HEADER + expected.join(''));
    }
    assert.equal(streams.rejects, '');
  });

  it('keeps rows with equal keys together', () => {
    const {streams} = splitText(FILE, definitionOf({}, {key: ['id']}));

    const idsOf = (text: string) =>
      new Set(
        text
          .split('\n')
          .slice(1, -1)
          .map((row) => row.split(',')[0]),
      );
    const [training, validation, test] = PARTS.map((part) => idsOf(streams[part]));
    assert.equal(training!.size + validation!.size + test!.size, 120);
  });

  it('splits in another way with another salt', () => {
    const plain = splitText(FILE, definitionOf()).streams;
    const salted = splitText(FILE, definitionOf({}, {salt: '2'})).streams;

    assert.notEqual(plain.test, salted.test);
  });

  it('splits JSON Lines without a header', () => {
    const lines = ROWS.map((_, row) => `{"id": ${row}, "label": "${row % 2}"}\n`);
    const {streams, statistics} = splitText(lines.join(''), definitionOf({format: 'jsonl'}, {key: ['id']}));

    assert.equal(streams.test, lines.filter((_, row) => partOf(String(row)) === 'test').join(''));
    assert.deepEqual(statistics.columns, ['id', 'label']);
  });

  it('counts rows, bytes, buckets and labels', () => {
    const {streams, statistics} = splitText(FILE, definitionOf());

    for (const part of PARTS) {
      const rows = streams[part].split('\n').slice(1, -1);
      const {labels, ...counts} = statistics.parts[part];
      assert.deepEqual(counts, {
        rows: rows.length,
        bytes: streams[part].length,
      });
      assert.deepEqual(
        labels,
        ['0', '1', '2'].map((label) => ({label, rows: rows.filter((row) => row.endsWith(label)).length})),
      );
    }
    const bucketCounts = Array.from({length: 10}, () => 0);
    for (const row of ROWS) bucketCounts[bucketOf(fingerprint64(Buffer.from(row.trimEnd())), 10)]! += 1;
    assert.deepEqual(statistics.bucketCounts, bucketCounts);
    assert.deepEqual(statistics.rejects, {rows: 0, bytes: 0, first: []});
  });

  it('keeps malformed records out of the parts and tells the first ten', () => {
    const bad = Array.from({length: 12}, (_, row) => `bad,${row},row\n`);
    const good = Array.from({length: 1300}, (_, row) => `${row},${row % 2}\n`);

    const {streams, statistics} = splitText([HEADER, ...bad, ...good].join(''), definitionOf());

    assert.equal(streams.rejects, bad.join(''));
    assert.equal(statistics.rejects.rows, 12);
    assert.deepEqual(
      statistics.rejects.first,
      bad.slice(0, 10).map((_, row) => ({line: row + 2, reason: '3 fields, the header has 2'})),
    );
  });

  it('stops counting labels one by one after a thousand', () => {
    const rows = Array.from({length: 1500}, (_, row) => `${row},${row % 1200}\n`);

    const {statistics} = splitText(HEADER + rows.join(''), definitionOf());

    for (const part of PARTS) assert.equal(statistics.parts[part].labels.length, 1000);
    assert.equal(statistics.rowsOfOtherLabels, 200);
  });

  it('does not list labels that are whole texts', () => {
    const rows = ROWS.map((row, index) => `${row.trimEnd()}${'x'.repeat(index % 2 === 0 ? 200 : 199)}\n`);

    const {statistics} = splitText(HEADER + rows.join(''), definitionOf());

    assert.equal(statistics.parts.test.labels.length, 3);
    assert.equal(statistics.rowsOfOtherLabels, 150);
  });

  it('measures a label in UTF-16 code units, as JavaScript does', () => {
    const label = (row: number) => '😀'.repeat(row % 2 === 0 ? 100 : 101);
    const rows = Array.from({length: 300}, (_, row) => `${row},${label(row)}\n`);

    const {statistics} = splitText(HEADER + rows.join(''), definitionOf());

    assert.deepEqual(
      statistics.parts.test.labels.map((entry) => entry.label),
      ['😀'.repeat(100)],
    );
    assert.equal(statistics.rowsOfOtherLabels, 150);
  });

  it('lists labels in their own order, not in that of the file', () => {
    const rows = ROWS.toReversed().join('');

    const {labels} = splitText(HEADER + rows, definitionOf()).statistics.parts.training;
    assert.deepEqual(
      labels.map(({label}) => label),
      ['0', '1', '2'],
    );
  });

  it('accepts one listed label beside unlisted ones', () => {
    const rows = ROWS.map((row, index) =>
      index % 2 === 0 ? `${row.trimEnd()}${'x'.repeat(200)}\n` : `${index},a\n`,
    );

    assert.equal(splitText(HEADER + rows.join(''), definitionOf()).statistics.rowsOfOtherLabels, 150);
  });

  it('writes the same streams however the file is cut', () => {
    const sizes = fc.array(fc.integer({min: 1, max: 400}), {minLength: 1, maxLength: 20});
    fc.assert(
      fc.property(anyRecords, sizes, (records, chunkSizes) => {
        const bytes = Buffer.from(FILE + records.join('\r\n'));

        assert.deepEqual(
          splitChunks(cut(bytes, chunkSizes), definitionOf()),
          splitText(bytes, definitionOf()),
        );
      }),
      {numRuns: 50},
    );
  });

  it('keeps CR and LF together when a window ends between them', () => {
    const filler = 'x'.repeat(WINDOW_BYTES - HEADER.length - 3);

    const {streams} = splitText(`${HEADER}${filler},0\r\n${ROWS.join('')}`, definitionOf());

    assert.ok(Object.values(streams).some((text) => text.includes(`${filler},0\r\n`)));
  });

  it('loses no record and writes none twice', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const {streams} = splitText(
          `${FILE}${records.map((record) => `${record}\n`).join('')}`,
          definitionOf(),
        );

        const written = [...PARTS.map((part) => streams[part].slice(HEADER.length)), streams.rejects].join(
          '',
        );
        const expected = [...ROWS, ...records.map((record) => `${record}\n`)];
        assert.deepEqual(written.split('\n').sort(), expected.join('').split('\n').sort());
      }),
      {numRuns: 50},
    );
  });

  it('never moves an old record when the file grows', () => {
    fc.assert(
      fc.property(
        anyRecords,
        fc.constantFrom<SplitDefinition>(definitionOf(), definitionOf({}, {key: ['id']})),
        (more, definition) => {
          const before = splitText(FILE, definition).streams;
          const after = splitText(FILE + more.join('\n'), definition).streams;

          for (const stream of STREAMS) assert.ok(after[stream].startsWith(before[stream]), stream);
        },
      ),
      {numRuns: 50},
    );
  });

  it('keeps nothing of a chunk whose memory is used again', () => {
    const memory = Buffer.alloc(100);
    const chunks = function* () {
      for (const chunk of cut(Buffer.from(FILE), [100])) yield memory.subarray(0, chunk.copy(memory));
    };

    assert.deepEqual(splitChunks(chunks(), definitionOf()), splitText(FILE, definitionOf()));
  });

  it('refuses a file without a byte', () => {
    assert.throws(() => splitChunks([], definitionOf()), {code: 'DATA_EMPTY'});
    assert.throws(() => splitChunks([Buffer.alloc(0)], definitionOf()), {code: 'DATA_EMPTY'});
  });

  for (const text of [HEADER, 'id,label', '\n\n', '\uFEFF']) {
    it(`refuses ${JSON.stringify(text)}, which has no rows`, () => {
      assert.throws(() => splitText(text, definitionOf()), {code: 'DATA_NO_ROWS'});
    });
  }

  it('refuses a file of which more than one row in a hundred is malformed', () => {
    const good = (rows: number) => Array.from({length: rows}, (_, row) => `${row},${row % 2}\n`).join('');

    assert.throws(() => splitText(`${HEADER}${good(296)}x\ny\nz\n`, definitionOf()), {
      code: 'ROWS_BAD_RATIO',
      message: '3 of 299 rows are malformed, more than 1 %; the first: 1 fields, the header has 2.',
      where: 'line 298',
    });
    assert.equal(splitText(`${HEADER}${good(297)}x\ny\nz\n`, definitionOf()).statistics.rejects.rows, 3);
  });

  it('refuses a file too small to fill every part', () => {
    assert.throws(() => splitText(`${HEADER}1,a\n`, definitionOf()), {
      code: 'PART_EMPTY',
      message: /^The \w+ part is empty: none of the 1 rows fell into (bucket \d|its 8 buckets) of 10\.$/,
    });
  });

  it('explains an empty part of a key split by the number of keys', () => {
    const rows = Array.from({length: 50}, (_, row) => `same,${row}\n`).join('');

    assert.throws(() => splitText(HEADER + rows, definitionOf({}, {key: ['id']})), {
      code: 'PART_EMPTY',
      hint: /number of different keys/,
    });
  });

  it('refuses labels that are all the same', () => {
    const rows = Array.from({length: 100}, (_, row) => `${row},a\n`).join('');

    assert.throws(() => splitText(HEADER + rows, definitionOf()), {
      code: 'LABEL_SINGLE_CLASS',
      message: 'All 100 rows have the same label.',
    });
  });

  it('fails on any bytes with nothing but a permanent error that has a code and no raw text', () => {
    const anyBytes = fc.oneof(
      fc.uint8Array({maxLength: 60}),
      fc.string({unit: 'binary'}).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(anyBytes, fc.constantFrom<'csv' | 'jsonl'>('csv', 'jsonl'), (bytes, format) => {
        assert.throws(
          () => splitChunks([bytes], definitionOf({format})),
          (error) => {
            assert.ok(error instanceof Error && error.name === 'PermanentError', String(error));
            return !/\p{Cc}/u.test(error.message);
          },
        );
      }),
    );
  });
});

/** At most three records for the 300 of FILE, so that malformed ones stay below one in a hundred. */
const anyRecords = fc.array(
  fc.constantFrom('new,1', 'new,0', '"a,b",2', 'ragged', 'a,b,c', '"x"x,1', 'é,"2"'),
  {
    maxLength: 3,
  },
);

function partOf(key: string) {
  return partOfBucket(definitionOf().split)[bucketOf(fingerprint64(Buffer.from(key)), 10)];
}
