import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {digits} from '../../cli/demo-pipeline.ts';
import {firstRows, withShuffledLabels} from '../../cli/release-data.ts';

const CSV = ['length,species', ...Array.from({length: 100}, (_, row) => `${row},s${row}`), ''].join('\n');

const rowsOf = (csv: string) => csv.trimEnd().split('\n').slice(1);
const columnOf = (csv: string, column: number) => rowsOf(csv).map((row) => row.split(',')[column]);

describe('firstRows', () => {
  it('keeps the header and so many rows, whole', () => {
    assert.equal(firstRows(CSV, 2), 'length,species\n0,s0\n1,s1\n');
  });
});

describe('withShuffledLabels', () => {
  it('moves the labels of that share of the rows, and loses none', () => {
    const shuffled = withShuffledLabels(CSV, 0.3);

    const moved = rowsOf(shuffled).filter((row, index) => row !== rowsOf(CSV)[index]);
    assert.equal(moved.length, 30);
    assert.deepEqual(columnOf(shuffled, 0), columnOf(CSV, 0));
    assert.deepEqual(columnOf(shuffled, 1).toSorted(), columnOf(CSV, 1).toSorted());
    assert.equal(shuffled.at(-1), '\n');
  });

  it('gives most of the digits that it moves another label', async () => {
    const csv = await readFile(digits.data, 'utf8');

    const shuffled = withShuffledLabels(csv, 0.3);

    const wrong = rowsOf(shuffled).filter((row, index) => row !== rowsOf(csv)[index]).length;
    const share = wrong / rowsOf(csv).length;
    assert.ok(share > 0.25 && share < 0.3, `${share} of the rows are wrong`);
  });

  it('does the same each time', () => {
    assert.equal(withShuffledLabels(CSV, 0.3), withShuffledLabels(CSV, 0.3));
  });

  it('leaves everything where it is for a share of nothing', () => {
    assert.equal(withShuffledLabels(CSV, 0), CSV);
  });
});
