import assert from 'node:assert/strict';
import type {z} from 'zod';
import type {splitSchema} from '../../../../shared/domain/split/split-definition.ts';
import {agreedOutcome} from '../../../support/reference-split/agreement.ts';
import {definitionOf, splitText} from './split-text.ts';

const HEADER = 'id,group,label\n';

function rows(count: number, rowOf: (row: number) => string): string[] {
  return Array.from({length: count}, (_, row) => `${rowOf(row)}\n`);
}

function sampleOf(records: readonly string[], split: z.input<typeof splitSchema> = {}) {
  return splitText(HEADER + records.join(''), definitionOf({}, split)).sample;
}

describe('the sample of records', () => {
  const files: Readonly<Record<string, {records: readonly string[]; split?: z.input<typeof splitSchema>}>> = {
    'of more rows than it holds': {records: rows(20_000, (row) => `${row},g${row % 97},${row % 3}`)},
    'of rows that come back': {
      records: rows(20_000, (row) => `${row % 3000},g${row % 97},${row % 3}`),
      split: {salt: 'pepper'},
    },
    'of few keys with many rows': {
      records: rows(20_000, (row) => `${row},g${row % 60},${row % 3}`),
      split: {key: ['group']},
    },
    'of many keys with few rows': {
      records: rows(20_000, (row) => `${row},g${row % 4000},${row % 3}`),
      split: {key: ['group']},
    },
    'of rows too long for all of them': {
      records: rows(60, (row) => `${row},${'x'.repeat(100_000)}${row % 40},${row % 3}`),
    },
  };
  for (const [title, {records, split}] of Object.entries(files)) {
    it(`is the reference's: ${title}`, () => {
      agreedOutcome(Buffer.from(HEADER + records.join('')), definitionOf({}, split), [70_001]);
    });
  }

  it('holds every record of a small file, with its rows', () => {
    const {first, sampled, share} = sampleOf(rows(600, (row) => `${row % 200},g,${row % 2}`));

    assert.equal(share, 1);
    assert.equal(first.length, 600);
    assert.equal(sampled.length, 200);
    assert.ok(sampled.every((record) => record.rows === 3));
  });

  it('keeps the first 4,096 records, in their order, and where each was put', () => {
    const {first} = sampleOf(rows(9000, (row) => `${row},g,${row % 2}`));

    assert.equal(first.length, 4096);
    assert.ok(first.every(({content}, row) => content.toString() === `${row},g,${row % 2}`));
    assert.deepEqual([...new Set(first.map(({part}) => part))].sort(), ['test', 'training', 'validation']);
  });

  it('counts all rows of a record although the sample got smaller meanwhile', () => {
    const {sampled, share} = sampleOf(rows(30_000, (row) => `${row % 10_000},g,${row % 2}`));

    assert.ok(share < 1 && sampled.length > 512 && sampled.length <= 1024, `${sampled.length} at ${share}`);
    assert.ok(sampled.every((record) => record.rows === 3));
  });

  it('takes records for equal that differ in their line ends only', () => {
    const record = '7,g,1';
    const {sampled} = sampleOf([
      ...rows(300, (row) => `a${row},g,${row % 2}`),
      `${record}\n`,
      `${record}\r\n`,
      `${record}\r`,
      record,
    ]);

    assert.equal(sampled.find(({content}) => content.toString() === record)?.rows, 4);
  });

  it('takes records of one key for different that differ in a single byte', () => {
    const text = (row: number) => `${'x'.repeat(40)}${String(row).padStart(4, '0')}${'y'.repeat(33)}`;
    const records = [
      ...rows(500, (row) => `${row},g${row % 90},0`),
      ...rows(500, (row) => `0,${text(row)},1`),
    ];

    assert.equal(sampleOf(records, {key: ['id']}).sampled.length, 1000);
  });
});
