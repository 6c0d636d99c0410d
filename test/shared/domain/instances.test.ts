import assert from 'node:assert/strict';
import {parseRows} from '../../../shared/domain/instances.ts';
import {dataSchema} from '../../../shared/domain/split/split-definition.ts';

const CSV = dataSchema.parse({label: 'species'});
const JSONL = dataSchema.parse({label: 'species', format: 'jsonl'});

function rows(text: string, data = CSV, isWhole = true) {
  return parseRows(Buffer.from(text), data, isWhole);
}

describe('parseRows of CSV', () => {
  it('takes the label out of the rows and keeps the order of the columns', () => {
    assert.deepEqual(rows('length,species,width\n1,iris,2\n3,rose,4\n'), {
      columns: ['length', 'width'],
      instances: [
        [1, 2],
        [3, 4],
      ],
      labels: ['iris', 'rose'],
    });
  });

  it('gives numbers as numbers, words as words and nothing as null', () => {
    const {instances} = rows('a,b,c,d,e,f,species\n1e-3,-0.5,007,NaN,,  ,x\n');

    assert.deepEqual(instances, [[0.001, -0.5, 7, 'NaN', null, '  ']]);
  });

  it('reads quoted fields over several lines', () => {
    const {instances, labels} = rows('text,species\n"one ""two""\nthree",iris\n');

    assert.deepEqual(instances, [['one "two"\nthree']]);
    assert.deepEqual(labels, ['iris']);
  });

  it('has no labels where the data have none', () => {
    assert.deepEqual(rows('length,width\n1,2\n'), {
      columns: ['length', 'width'],
      instances: [[1, 2]],
      labels: [undefined],
    });
  });

  it('reads a label that is a number or missing as text or nothing', () => {
    assert.deepEqual(rows('length,species\n1,3\n2,\n').labels, ['3', undefined]);
  });

  it('leaves out a last row that is cut off, unless the file ends there', () => {
    const text = 'length,species\n1,iris\n2,ro';

    assert.deepEqual(rows(text, CSV, false).labels, ['iris']);
    assert.deepEqual(rows(text, CSV, true).labels, ['iris', 'ro']);
  });

  it('cuts at the delimiter of the definition', () => {
    assert.deepEqual(rows('length;species\n1,5;iris\n', {...CSV, delimiter: ';'}).instances, [['1,5']]);
  });

  it('refuses an empty file', () => {
    assert.throws(() => rows(''), {code: 'DATA_EMPTY'});
  });
});

describe('parseRows of JSON Lines', () => {
  it('takes the columns of the first object for all', () => {
    const text = [
      '{"length": 1, "species": "iris", "fresh": true}',
      '',
      '{"fresh": false, "length": 2, "extra": 0}',
    ];

    assert.deepEqual(rows(text.join('\n'), JSONL), {
      columns: ['length', 'fresh'],
      instances: [
        [1, true],
        [2, false],
      ],
      labels: ['iris', undefined],
    });
  });

  it('knows no value for a list or an object', () => {
    assert.deepEqual(rows('{"a": [1], "b": {"c": 1}, "species": "x"}', JSONL).instances, [[null, null]]);
  });

  it('leaves out a last line that is cut off, unless the file ends there', () => {
    const text = '{"a": 1, "species": "x"}\n{"a": 2, "spe';

    assert.deepEqual(rows(text, JSONL, false).instances, [[1]]);
    assert.throws(() => rows(text, JSONL, true), {code: 'JSONL_SYNTAX'});
  });

  for (const line of ['[1, 2]', '"text"', '7', 'null', '{']) {
    it(`refuses the line ${line}, which is no object`, () => {
      assert.throws(() => rows(`{"a": 1}\n${line}\n`, JSONL), {code: 'JSONL_SYNTAX'});
    });
  }

  it('refuses objects without a column', () => {
    assert.throws(() => rows('{}\n', JSONL), {code: 'DATA_EMPTY'});
  });
});
