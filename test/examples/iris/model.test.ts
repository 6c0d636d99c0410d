import assert from 'node:assert/strict';
import fc from 'fast-check';
import {evaluate, predict, train} from '../../../examples/iris/trainer/model.ts';
import {answer} from '../../../examples/iris/trainer/server.ts';
import {parseTable} from '../../../examples/iris/trainer/table.ts';

const ROWS = ['1,5,small', '2,,small', '1.5,4,small', '8,5,large', '9,4,large', '8.5,,large'];
const CSV = `length,width,size\n${ROWS.join('\n')}\n`;
const table = parseTable(CSV, 'rows.csv', 'size');
const settings = {learningRate: 0.5, epochs: 100, decay: 0.001};

describe("the iris trainer's model", () => {
  it('learns what the columns tell', () => {
    const model = train(table, settings);

    assert.deepEqual(
      predict(model, [
        [1, 5],
        [9, null],
      ]),
      ['small', 'large'],
    );
    assert.equal(evaluate(model, table).accuracy, 1);
    assert.ok(evaluate(model, table).log_loss < 0.1);
  });

  it('is the same for the same rows', () => {
    assert.deepEqual(train(table, settings), train(table, settings));
  });

  it('does not depend on the units of a column', () => {
    fc.assert(
      fc.property(fc.double({min: 0.01, max: 1000, noNaN: true}), (unit) => {
        const rows = table.rows.map(([length = null, width = null]) => [length && length * unit, width]);
        const {weights} = train({...table, rows}, settings);
        const expected = train(table, settings).weights.flat();
        for (const [index, weight] of weights.flat().entries())
          assert.ok(Math.abs(weight - (expected[index] ?? Number.NaN)) < 1e-6);
      }),
      {numRuns: 20},
    );
  });

  it('counts a label that it does not know as wrong', () => {
    const other = parseTable('length,width,size\n1,5,tiny\n9,4,large\n', 'test.csv', 'size');

    assert.equal(evaluate(train(table, settings), other).accuracy, 0.5);
  });

  it('refuses rows of one class, and rows of other columns', () => {
    const [first = ''] = ROWS;
    const one = parseTable(`length,width,size\n${first}\n`, 'rows.csv', 'size');
    const others = parseTable('width,length,size\n1,5,small\n', 'rows.csv', 'size');

    assert.throws(() => train(one, settings), /all "small"/);
    assert.throws(() => evaluate(train(table, settings), others), /the model knows length, width/);
  });
});

describe("the iris trainer's table", () => {
  const broken: [string, string, RegExp][] = [
    ['without the label', 'length,width\n1,2\n', /no column "size".*found: length, width/],
    ['without rows', 'length,size\n', /no rows/],
    ['with a short row', 'length,width,size\n1,small\n', /row 1: fields are missing/],
    ['with a row without a label', 'length,width,size\n1,2,\n', /row 1: fields are missing/],
    [
      'with a word among numbers',
      'length,width,size\n1,2,small\nlong,2,small\n',
      /row 2: "long" is no number/,
    ],
  ];
  for (const [what, text, message] of broken) {
    it(`is refused ${what}`, () => {
      assert.throws(() => parseTable(text, 'rows.csv', 'size'), message);
    });
  }
});

describe("the iris trainer's server", () => {
  const model = train(table, settings);

  it('answers one prediction per instance', () => {
    const answered = answer(
      model,
      JSON.stringify({
        instances: [
          [1, 5],
          [9, null],
        ],
      }),
    );

    assert.deepEqual(answered, {status: 200, body: {predictions: ['small', 'large']}});
  });

  for (const body of [
    '{',
    '[]',
    '{}',
    '{"instances":[[1]]}',
    '{"instances":[["1",5]]}',
    '{"instances":[7]}',
  ]) {
    it(`refuses ${body}`, () => {
      assert.equal(answer(model, body).status, 400);
    });
  }
});
