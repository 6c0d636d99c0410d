import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {SplitDefinition} from '../../../../shared/domain/split/split-definition.ts';
import {WINDOW_BYTES} from '../../../../shared/domain/split/splitter.ts';
import {PermanentError} from '../../../../shared/errors.ts';
import {agreedOutcome} from '../../../support/reference-split/agreement.ts';
import {anyBytes, anyCuts} from '../../../support/reference-split/arbitraries.ts';
import {definitionOf} from './split-text.ts';

// The kernel against a splitter in TypeScript that reads byte by byte and hashes with BigInt.

describe('Splitter on CSV, compared with the reference', () => {
  it('splits CSV alike', () => {
    const hit = new Set<string>();
    fc.assert(
      fc.property(csvFile, csvDefinition, anyCuts, (text, definition, cuts) => {
        const outcome = agreedOutcome(Buffer.from(text), definition, cuts);
        hit.add(outcome instanceof PermanentError ? outcome.code : 'split');
      }),
      {numRuns: 100},
    );
    assert.ok(hit.has('split'), [...hit].join());
  });

  it('refuses CSV alike', () => {
    fc.assert(
      fc.property(
        anyBytes(['a', 'é', '"', '""', ',', '\n', '\r', '\r\n', 'label', 'id,label\n']),
        csvDefinition,
        anyCuts,
        (bytes, definition, cuts) => {
          agreedOutcome(bytes, definition, cuts);
        },
      ),
      {numRuns: 500},
    );
  });

  it('splits CSV of many windows alike', () => {
    fc.assert(
      fc.property(csvRecords(40), csvDefinition, fc.nat(3000), (records, definition, filler) => {
        const page = [...records, ...GOOD_ROWS, `"${'x\n'.repeat(filler)}",b,c,0\n`].join('');
        const pages = Math.ceil((2.2 * WINDOW_BYTES) / page.length);
        agreedOutcome(Buffer.from(HEADER + page.repeat(pages)), definition, [65_536]);
      }),
      {numRuns: 12},
    );
  });
});

const HEADER = 'id,group,text,label\n';
const GOOD_ROWS = Array.from(
  {length: 500},
  (_, row) => `${row},g${row % 60},some text ${row % 7},${row % 3}\n`,
);

const plainField = fc.oneof(
  fc.string({unit: fc.constantFrom('a', 'é', ' ', '0', '日', '😀'), maxLength: 8}),
  fc.string({unit: fc.constantFrom('a', 'b'), minLength: 50, maxLength: 150}),
);
const strayQuoteField = plainField.map((text) => `x${text}"`);
const quotedField = fc
  .string({
    unit: fc.constantFrom('a', '""', ',', ';', '\n', '\r\n', '\r', '日', 'long enough for a block'),
    maxLength: 9,
  })
  .map((text) => `"${text}"`);
const goodField = fc.oneof(plainField, strayQuoteField, quotedField);
const lineBreak = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '\n\n', '\r\n\r\n');
const goodRecord = fc
  .tuple(fc.array(goodField, {minLength: 4, maxLength: 4}), lineBreak)
  .map(([fields, end]) => fields.join(',') + end);
const badRecord = fc.constantFrom(
  'a,b\n',
  '"a"b,c,d,e\n',
  'a,b,c,d,e\r\n',
  '"x\n"y,2,3,4\n',
  '\u00e9\r',
  '"q"",",r"\n',
);

function csvRecords(most: number): fc.Arbitrary<readonly string[]> {
  return fc
    .tuple(fc.array(goodRecord, {maxLength: most}), fc.array(badRecord, {maxLength: 4}))
    .map(([good, bad]) => [...good, ...bad]);
}

const csvFile = fc
  .tuple(
    fc.constantFrom('', '\uFEFF', '\n\r\n'),
    fc.shuffledSubarray(GOOD_ROWS, {minLength: 480}),
    csvRecords(60),
    fc.constantFrom('', '1,2,3,4', '\r'),
  )
  .chain(([start, rows, records, end]) =>
    fc
      .shuffledSubarray([...rows, ...records], {minLength: rows.length + records.length})
      .map((all) => `${start}${HEADER}${all.join('')}${end}`),
  );

const csvDefinition: fc.Arbitrary<SplitDefinition> = fc
  .record({
    label: fc.constantFrom('label', 'label', 'id', 'text'),
    key: fc.constantFrom<'row' | string[]>(
      'row',
      ['id'],
      ['text'],
      ['group', 'id'],
      ['label', 'id', 'text'],
      ['id', 'id'],
    ),
    salt: fc.constantFrom('', '', 'pepper', 'é'.repeat(30)),
    buckets: fc.constantFrom(10, 10, 7, 1000),
  })
  .map(({label, key, salt, buckets}) =>
    definitionOf(
      {label},
      {
        key,
        salt,
        buckets,
        training: ['2-4', ...(buckets > 5 ? [`5-${buckets - 1}`] : [])],
        validation: [0],
        test: [1],
      },
    ),
  );
