import assert from 'node:assert/strict';
import type {z} from 'zod';
import {driftFrom} from '../../../../shared/domain/profile/drift.ts';
import {Profiler} from '../../../../shared/domain/profile/profiler.ts';
import {checkKeys} from '../../../../shared/domain/split/key-leakage.ts';
import {testLabels} from '../../../../shared/domain/split/label-test.ts';
import type {splitSchema} from '../../../../shared/domain/split/split-definition.ts';
import {type Warning, warningsOf} from '../../../../shared/domain/split/warnings.ts';
import {definitionOf, splitText} from './split-text.ts';

const ROWS = Array.from({length: 2_000}, (_, row) => row);

/** Labels of which neither rows nor the numbers in a row tell anything. */
function labelOf(row: number): string {
  return Math.sin(row * row) > 0.3 ? 'yes' : 'no';
}

function warningsFor(
  header: string,
  rowOf: (row: number) => string,
  split: z.input<typeof splitSchema> = {},
): readonly Warning[] {
  const definition = definitionOf({}, split);
  const text = `${header}\n${ROWS.map((row) => `${rowOf(row)}\n`).join('')}`;
  const {statistics, sample: records} = splitText(text, definition);
  const profiler = new Profiler(definition.data, undefined);
  profiler.push(Buffer.from(text));
  const sample = profiler.finish();
  const drift = driftFrom(undefined, sample.profile, 0.25);
  return warningsOf({
    definition,
    statistics,
    labelTest: testLabels(statistics),
    leakage: checkKeys(records, definition, statistics),
    sample,
    drift,
  });
}

describe('warningsOf', () => {
  it('finds nothing odd in sound data', () => {
    assert.deepEqual(
      warningsFor('a,b,label', (row) => `${row},${row % 7},${labelOf(row)}`),
      [],
    );
  });

  it('suspects a column that equals the label', () => {
    assert.deepEqual(
      warningsFor('a,copy,label', (row) => `${row},${labelOf(row)},${labelOf(row)}`),
      [
        {
          code: 'LEAKAGE_SUSPECT',
          sentence: 'Column "copy" equals the label in all 2000 rows looked at: leave it out.',
        },
      ],
    );
  });

  it('suspects a copy of a label that is a number', () => {
    assert.match(
      warningsFor('a,copy,label', (row) => `x${row},${row}.5,${row}.5`)[0]?.sentence ?? '',
      /"copy" equals/,
    );
  });

  it('suspects a column that says the label in other words, with few exceptions', () => {
    const code = (row: number) => (row % 400 === 399 ? 2 : Number(labelOf(row) === 'yes'));

    assert.match(
      warningsFor('a,code,label', (row) => `${row},${code(row)},${labelOf(row)}`)[0]?.sentence ?? '',
      /^Column "code" tells the label: with few exceptions each of its 3 values goes with one\./,
    );
  });

  it('suspects it also when the first row of a value is an exception', () => {
    const code = (row: number) => (row < 3 ? Number(labelOf(row) === 'no') : Number(labelOf(row) === 'yes'));

    assert.match(
      warningsFor('a,code,label', (row) => `${row},${code(row)},${labelOf(row)}`)[0]?.sentence ?? '',
      /^Column "code" tells the label/,
    );
  });

  it('does not suspect a column by a handful of rows of another label', () => {
    const isRare = (row: number) => row % 200 === 0;

    assert.deepEqual(
      warningsFor(
        'a,flag,label',
        (row) => `${row},${isRare(row) ? 'x' : 'y'},${isRare(row) ? 'rare' : 'common'}`,
      ),
      [],
    );
  });

  it('does not suspect a column that is different in every row', () => {
    assert.deepEqual(
      warningsFor('id,label', (row) => `u${row},${labelOf(row)}`),
      [],
    );
  });

  it('does not suspect a constant beside a label that is nearly constant', () => {
    const rare = (row: number) => (row % 500 === 0 ? 'rare' : 'common');

    assert.deepEqual(
      warningsFor('a,same,label', (row) => `${row},1,${rare(row)}`),
      [],
    );
  });

  it('does not suspect a key whose rows share a label', () => {
    const found = warningsFor('user,a,label', (row) => `${row % 100},${row},${labelOf(row % 100)}`, {
      key: ['user'],
    });

    assert.ok(
      found.every(({code}) => code !== 'LEAKAGE_SUSPECT'),
      JSON.stringify(found),
    );
  });

  it('suspects a key that is nearly the label', () => {
    const found = warningsFor('group,a,label', (row) => `g${row % 50},${row},${row % 50}`, {key: ['group']});

    assert.ok(found.some(({sentence}) => sentence.startsWith('Key column "group" is nearly the label')));
  });

  it('suspects a split by the label itself', () => {
    assert.match(
      warningsFor('a,label', (row) => `${row},${row % 50}`, {key: ['label']})[0]?.sentence ?? '',
      /^split\.key names the label itself/,
    );
  });

  it('names parts that are larger than chance makes them, and labels that differ between parts', () => {
    const found = warningsFor('a,label', (row) => (row % 2 ? 'twin,yes' : `${row},${labelOf(row)}`));

    assert.deepEqual(
      [...new Set(found.map(({code}) => code))],
      ['DUPLICATE_ROWS', 'PART_SHARE', 'LABELS_DIFFER'],
    );
  });

  it('tells how many rows repeat another one, from one in a hundred on', () => {
    const repeating = (share: number) =>
      warningsFor('a,label', (row) => (row < share * 2000 ? `x,${labelOf(0)}` : `${row},${labelOf(row)}`));

    assert.deepEqual(repeating(0.009), []);
    assert.match(
      repeating(0.05).find(({code}) => code === 'DUPLICATE_ROWS')?.sentence ?? '',
      /^99 rows of 2000 repeat another row: each is in the part of that row/,
    );
  });

  it('names the cure for rows that come in several forms', () => {
    const found = warningsFor(
      'a,label',
      (row) => `${row % 1000}${row < 1000 ? '' : '.0'},${labelOf(row % 1000)}`,
    );

    assert.deepEqual(
      found.map(({code}) => code),
      ['SPELLING_LEAKAGE'],
    );
    assert.match(
      found[0]?.sentence ?? '',
      /^\d+ of 2000 rows looked at come in several forms .*: name the columns .* as split\.key, or write them in one form\.$/,
    );
  });

  it('names the cure for keys of columns that come in several forms', () => {
    const found = warningsFor(
      'a,b,label',
      (row) => `${row < 1000 ? '' : ' '}u${row % 1000},${row},${labelOf(row)}`,
      {key: ['a']},
    );

    assert.match(
      found[0]?.sentence ?? '',
      /^\d+ of 2000 keys looked at come in several forms .* in several parts: write them in one form\.$/,
    );
  });

  it('says that a split is wrong whose keys are in several parts', () => {
    const definition = definitionOf();
    const text = `a,label\n${ROWS.map((row) => `${row},${labelOf(row)}\n`).join('')}`;
    const {statistics, sample: records} = splitText(text, definition);
    const leakage = {...checkKeys(records, definition, statistics), keysInSeveralParts: 3};
    const profiler = new Profiler(definition.data, undefined);
    profiler.push(Buffer.from(text));
    const sample = profiler.finish();
    const drift = driftFrom(undefined, sample.profile, 0.25);
    const labelTest = testLabels(statistics);

    assert.deepEqual(warningsOf({definition, statistics, labelTest, leakage, sample, drift}), [
      {
        code: 'KEY_LEAKAGE',
        sentence:
          '3 of 2000 keys looked at are in several parts: the split is wrong, do not use it, and report it.',
      },
    ]);
  });

  it('names columns without any value', () => {
    assert.deepEqual(
      warningsFor('a,b,c,label', (row) => `${row},,,${labelOf(row)}`),
      [{code: 'COLUMN_EMPTY', sentence: 'No value in the 2000 rows looked at: "b", "c".'}],
    );
  });
});
