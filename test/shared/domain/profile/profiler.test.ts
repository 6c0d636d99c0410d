import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {Profile} from '../../../../shared/domain/profile/profile.ts';
import {Profiler, SAMPLE, type Sample} from '../../../../shared/domain/profile/profiler.ts';
import {dataSchema} from '../../../../shared/domain/split/split-definition.ts';
import {cut} from '../split/split-text.ts';

interface Options {
  readonly format?: 'csv' | 'jsonl';
  readonly before?: Profile;
  readonly sizes?: readonly number[];
}

function sampleOf(text: string, {format = 'csv', before, sizes = [1 << 20]}: Options = {}): Sample {
  const profiler = new Profiler(dataSchema.parse({label: 'label', format}), before);
  for (const chunk of cut(Buffer.from(text), sizes)) profiler.push(chunk);
  return profiler.finish();
}

function columnOf(text: string, options?: Options) {
  return sampleOf(text, options).profile.columns[0];
}

const HUNDRED = Array.from({length: 100}, (_, index) => index + 1);

describe('Profiler', () => {
  it('tells the range, the deciles and the rows of each tenth of numbers', () => {
    assert.deepEqual(columnOf(`x,label\n${HUNDRED.map((x) => `${x},a\n`).join('')}`), {
      name: 'x',
      type: 'number',
      missing: 0,
      min: 1,
      max: 100,
      edges: [10, 20, 30, 40, 50, 60, 70, 80, 90],
      rows: Array(10).fill(10),
    });
  });

  it('tells the twenty most frequent texts and counts the others', () => {
    const rows = HUNDRED.flatMap((x) => Array(x).fill(`v${x},a\n`)).join('');
    const column = columnOf(`x,label\n${rows}`);

    assert.equal(column?.type, 'text');
    assert.ok(column.type === 'text');
    assert.deepEqual(column.top.slice(0, 2), [
      {value: 'v100', rows: 100},
      {value: 'v99', rows: 99},
    ]);
    assert.equal(column.top.length, 20);
    assert.equal(column.others, (80 * 81) / 2);
  });

  it('cuts a record at its delimiters whatever its characters and quotes', () => {
    const rows = ['é,a', '日本,b', '"x,""y""",c', 'plain,d'];
    const {profile} = sampleOf(`x,label\n${rows.map((row) => `${row}\n`).join('')}`);
    const values = profile.columns.map((column) =>
      column.type === 'text' ? column.top.map(({value}) => value) : column.type,
    );

    assert.deepEqual(values, [
      ['plain', 'x,"y"', 'é', '日本'],
      ['a', 'b', 'c', 'd'],
    ]);
  });

  it('counts a number at an edge in the bin below it, and numbers outside of all bins in the outermost', () => {
    const before = sampleOf(`x,label\n${HUNDRED.map((x) => `${x},a\n`).join('')}`).profile;
    const column = columnOf('x,label\n-5,a\n10,a\n11,a\n90,a\n91,a\n1000,a\n', {before});

    assert.deepEqual(column?.type === 'number' && column.rows, [2, 1, 0, 0, 0, 0, 0, 0, 1, 2]);
  });

  it('counts what is missing, and calls a column without values empty', () => {
    assert.deepEqual(columnOf('x,label\n,a\n,b\n'), {name: 'x', type: 'empty', missing: 2});
    assert.equal(columnOf('x,label\n,a\n1,b\n')?.missing, 1);
  });

  for (const text of ['1,5', '0x10', '1_000', '1e400', 'NaN', 'Infinity', '2024-02-30', ' 1', '-']) {
    it(`takes ${JSON.stringify(text)} for text`, () => {
      assert.equal(columnOf(`x,label\n1,a\n"${text}",b\n`)?.type, 'text');
    });
  }

  for (const text of ['-1', '+1.5', '.5', '5.', '1e-5', '1E+5', '007']) {
    it(`takes ${JSON.stringify(text)} for a number`, () => {
      assert.equal(columnOf(`x,label\n${text},a\n`)?.type, 'number');
    });
  }

  it('counts no long text by itself', () => {
    const column = columnOf(`x,label\n${'x'.repeat(101)},a\n`);

    assert.ok(column?.type === 'text');
    assert.deepEqual([column.top, column.others], [[], 1]);
  });

  it('reads the values of JSON Lines by their paths', () => {
    const lines = '{"a":{"b":1},"c":[1],"label":"x"}\n{"a":{},"c":null,"label":"y"}\n';
    const {profile} = sampleOf(lines, {format: 'jsonl'});

    assert.deepEqual(
      profile.columns.map(({name, type, missing}) => [name, type, missing]),
      [
        ['a.b', 'number', 1],
        ['c', 'text', 1],
        ['label', 'text', 0],
      ],
    );
  });

  it('leaves malformed rows out', () => {
    assert.equal(sampleOf('x,label\n1,a\n2\n"3"x,a\n').profile.sample.rows, 1);
  });

  it('counts by the bins and categories of the profile it will be compared with', () => {
    const before = sampleOf(`x,label\n${HUNDRED.map((x) => `${x},old\n`).join('')}`).profile;
    const now = sampleOf('x,label\n200,new\n', {before}).profile;
    const [x, label] = now.columns;

    assert.ok(x?.type === 'number' && label?.type === 'text');
    assert.deepEqual(x.edges, [10, 20, 30, 40, 50, 60, 70, 80, 90]);
    assert.deepEqual(x.rows, [...Array(9).fill(0), 1]);
    assert.deepEqual(label.top, [{value: 'new', rows: 1}]);
  });

  it('counts a category of the profile compared with however rare or late it has become', () => {
    const before = sampleOf('x,label\nold,a\n').profile;
    const others = Array.from({length: 2_000}, (_, row) => `v${row % 1_500},a\n`).join('');

    const column = columnOf(`x,label\n${others}old,a\n`, {before});

    assert.ok(column?.type === 'text');
    assert.deepEqual(column.top.at(-1), {value: 'old', rows: 1});
    assert.equal(column.top.length, 21);
  });

  it('ends the sample at a number of rows', () => {
    const {sample} = sampleOf(`label\n${'a\n'.repeat(SAMPLE.rows + 1)}`).profile;

    assert.deepEqual(sample, {rows: SAMPLE.rows, bytes: SAMPLE.rows * 2, isWhole: false});
  });

  it('ends the sample at a number of bytes', () => {
    const row = `${'x'.repeat(1_000_000 - 3)},a\n`;
    const rows = Math.floor(SAMPLE.bytes / row.length);

    const {sample} = sampleOf(`x,label\n${row.repeat(rows + 1)}`).profile;

    assert.deepEqual(sample, {rows, bytes: rows * row.length, isWhole: false});
  });

  it('ends the sample at a number of values and says so', () => {
    const rows = SAMPLE.values / 2 / 10;
    const text = `${Array.from({length: 19}, (_, index) => `c${index}`)},label\n${`${'1,'.repeat(19)}a\n`.repeat(rows + 1)}`;
    const {sample} = sampleOf(text).profile;

    assert.deepEqual(sample, {rows, bytes: rows * 40, isWhole: false});
  });

  it('says that a sample is whole', () => {
    assert.deepEqual(sampleOf('x,label\n1,a\n').profile.sample, {rows: 1, bytes: 4, isWhole: true});
  });

  it('does not depend on where the file was cut', () => {
    const anyCell = fc.constantFrom('1', '2.5', 'x', '"a,\n"', '', 'é');
    const anyText = fc
      .array(fc.tuple(anyCell, anyCell), {minLength: 1})
      .map((rows) => `x,label\n${rows.map((row) => `${row}\n`).join('')}`);
    fc.assert(
      fc.property(anyText, fc.array(fc.integer({min: 1, max: 9}), {minLength: 1}), (text, sizes) => {
        assert.deepEqual(sampleOf(text, {sizes}), sampleOf(text));
      }),
    );
  });

  it('counts every row of a column once', () => {
    const anyCell = fc.constantFrom('1', '2', '3', 'x', 'y', '');
    fc.assert(
      fc.property(fc.array(anyCell, {minLength: 1}), (cells) => {
        const column = columnOf(`x,label\n${cells.map((cell) => `${cell},a\n`).join('')}`);
        const rows = column?.type === 'number' ? column.rows : [];
        const top = column?.type === 'text' ? [...column.top.map((entry) => entry.rows), column.others] : [];

        assert.equal(
          [...rows, ...top].reduce((total, count) => total + count, column?.missing ?? 0),
          cells.length,
        );
      }),
    );
  });
});
