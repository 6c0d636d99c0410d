import assert from 'node:assert/strict';
import fc from 'fast-check';
import {type ModelInputs, modelInputsOf} from '../../../shared/domain/model-inputs.ts';
import type {Profile} from '../../../shared/domain/profile/profile.ts';
import type {Question} from '../../../shared/domain/question.ts';
import {readQuestions} from '../../../shared/domain/read-questions.ts';

const PROFILE: Profile = {
  sample: {rows: 2, bytes: 20, isWhole: true},
  columns: [
    {name: 'length', type: 'number', missing: 0, min: 1, max: 3, edges: [], rows: [2]},
    {name: 'code', type: 'text', missing: 1, top: [{value: '007', rows: 1}], others: 0},
    {name: 'species', type: 'text', missing: 0, top: [], others: 2},
  ],
};
const COLUMNS = ['length', 'code', 'species'];
const KNOWN = modelInputsOf(COLUMNS, 'species', PROFILE);

async function* inPieces(text: string, size = 5): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, inputs: ModelInputs = KNOWN, size = 5): Promise<Question[]> {
  const questions: Question[] = [];
  for await (const question of readQuestions(inPieces(text, size), ',', inputs)) questions.push(question);
  return questions;
}

const valuesOf = async (text: string, inputs?: ModelInputs) =>
  (await read(text, inputs)).map(({values}) => values);

describe('readQuestions of CSV', () => {
  it('takes the label out and puts the columns into the order of the training data', async () => {
    assert.deepEqual(await read('species,code,length\niris,a,1\n,b,2.5e1'), [
      {values: [1, 'a'], label: 'iris'},
      {values: [25, 'b'], label: undefined},
    ]);
  });

  it('needs no label', async () => {
    assert.deepEqual(await valuesOf('length,code\n1,a\n'), [[1, 'a']]);
  });

  it('keeps text as it stands where the model knows text, and an empty field as missing', async () => {
    assert.deepEqual(await valuesOf('length,code\n,007\n1,\n'), [
      [null, '007'],
      [1, null],
    ]);
  });

  it('makes numbers of what looks like one where nothing else is known', async () => {
    const inputs = modelInputsOf(COLUMNS, 'species', undefined);

    assert.deepEqual(await valuesOf('length,code\n1,007\nNaN,0x1F\n', inputs), [
      [1, 7],
      ['NaN', '0x1F'],
    ]);
  });

  it('is the same in whatever pieces the file comes', async () => {
    const text = '\uFEFF"length",code,species\r\n1,"a, ""b""\nü",iris\r\n2,c,rose';

    await fc.assert(
      fc.asyncProperty(fc.integer({min: 5, max: 60}), async (size) => {
        assert.deepEqual(await read(text, KNOWN, size), [
          {values: [1, 'a, "b"\nü'], label: 'iris'},
          {values: [2, 'c'], label: 'rose'},
        ]);
      }),
    );
  });
});

describe('readQuestions of JSON Lines', () => {
  it('reads objects by name and lists by place', async () => {
    const text = '{"code": "a", "length": 1, "species": "iris"}\n\n[2, null]\n{"length": 3}\n';

    assert.deepEqual(await read(text), [
      {values: [1, 'a'], label: 'iris'},
      {values: [2, null], label: undefined},
      {values: [3, null], label: undefined},
    ]);
  });

  it('reads paths, and names with a dot', async () => {
    const inputs = modelInputsOf(['size.cm', 'outcome.class'], 'outcome.class', undefined);

    assert.deepEqual(await read('{"size": {"cm": 1}, "outcome": {"class": 2}}\n{"size.cm": 3}', inputs), [
      {values: [1], label: '2'},
      {values: [3], label: undefined},
    ]);
  });
});

describe('readQuestions refuses', () => {
  const refusals: readonly (readonly [what: string, text: string, complaint: object])[] = [
    ['an empty file', '', {code: 'DATA_EMPTY'}],
    ['a header without rows', 'length,code\n', {code: 'DATA_EMPTY'}],
    [
      'a missing column',
      'code\na\n',
      {code: 'COLUMN_MISSING', message: /also needs "length"/, where: 'line 1'},
    ],
    ['a file of another kind', 'PK\x03\x04..', {code: 'DATA_BINARY'}],
    [
      'an unknown column',
      'length,code,weight\n1,a,2\n',
      {code: 'COLUMN_UNKNOWN', message: 'The model was not trained on "weight".', where: 'line 1'},
    ],
    ['a column twice', 'length,code,code\n1,a,b\n', {code: 'COLUMN_DUPLICATE', message: /"code" twice/}],
    [
      'a row with a value too many',
      'length,code\n1,a\n1,a,2\n',
      {code: 'INSTANCE_SHAPE', message: /^The row has 3 values, not 2/, where: 'line 3'},
    ],
    ['text behind a quote', 'length,code\n1,"a"b\n', {code: 'CSV_QUOTE', where: 'line 2'}],
    [
      'a word where all training rows hold numbers',
      'length,code\n1,a\nlong,b\n',
      {
        code: 'INSTANCE_VALUE',
        message: /^Column "length" holds "long"; the model takes a number/,
        where: 'line 3',
      },
    ],
    ['NaN in CSV', 'length,code\nNaN,a\n', {code: 'INSTANCE_VALUE', hint: /leave the CSV field empty/}],
    ['NaN in JSON', '[NaN, "a"]\n', {code: 'JSONL_SYNTAX', message: /no NaN/, where: 'line 1'}],
    ['a number beyond all', '[1e999, "a"]\n', {code: 'INSTANCE_VALUE', message: /too large/}],
    ['a number in quotes', '["1", "a"]\n', {code: 'INSTANCE_VALUE', message: /holds "1"/}],
    [
      'a nested list',
      '{"length": [1], "code": "a"}\n',
      {code: 'INSTANCE_VALUE', message: /a list or an object/},
    ],
    ['a nested object', '{"length": {"cm": 1}}\n', {code: 'INSTANCE_VALUE', message: /a list or an object/}],
    [
      'an object without what all training rows have',
      '{"code": "a"}\n',
      {code: 'INSTANCE_VALUE', message: /"length" holds nothing/},
    ],
    ['an object with more', '{"length": 1, "weight": 2}\n', {code: 'COLUMN_UNKNOWN', where: 'line 1'}],
    ['a request for the service', '{"instances": [[1, "a"]]}\n', {code: 'INSTANCE_VALUE'}],
    ['an empty list', '[]\n', {code: 'INSTANCE_SHAPE', message: /^The row has 0 values, not 2\.$/}],
    [
      'a list that still has the label',
      '[1, "a", "iris"]\n',
      {code: 'INSTANCE_SHAPE', message: /Is the label "species" still in it\?/},
    ],
    [
      'a list of rows in one line',
      '[[1, "a"], [2, "b"]]\n',
      {code: 'INSTANCE_VALUE', message: /"length" holds a list/},
    ],
    ['a line that is cut off', '[1, "a"]\n[2, ', {code: 'JSONL_SYNTAX', where: 'line 2'}],
    ['a line that is neither object nor list', '[1, "a"]\n7\n', {code: 'JSONL_SYNTAX', message: /neither/}],
  ];
  for (const [what, text, complaint] of refusals)
    it(what, () => assert.rejects(read(text), {name: 'PermanentError', ...complaint}));
});

describe('modelInputsOf', () => {
  it('says nothing of values that only the beginning of the data was looked at for, but for text', () => {
    const sampled = {...PROFILE, sample: {...PROFILE.sample, isWhole: false}};

    assert.deepEqual(modelInputsOf(COLUMNS, 'species', sampled).columns, [
      {name: 'length', holds: 'anything', mayLack: true},
      {name: 'code', holds: 'text', mayLack: true},
    ]);
  });
});
