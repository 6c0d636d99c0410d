import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {z} from 'zod';
import {checkKeys, type KeyLeakage} from '../../../../shared/domain/split/key-leakage.ts';
import type {dataSchema, splitSchema} from '../../../../shared/domain/split/split-definition.ts';
import {cut, definitionOf, splitChunks, splitText} from './split-text.ts';

interface Settings {
  readonly data?: Partial<z.input<typeof dataSchema>>;
  readonly split?: z.input<typeof splitSchema>;
}

function leakageOf(text: string, {data, split}: Settings = {}): KeyLeakage {
  const definition = definitionOf(data, split);
  const {sample, statistics} = splitText(text, definition);
  return checkKeys(sample, definition, statistics);
}

const HEADER = 'id,group,label\n';

function rows(count: number, rowOf: (row: number) => string): string {
  return Array.from({length: count}, (_, row) => `${rowOf(row)}\n`).join('');
}

const DISTINCT = rows(3000, (row) => `${row},g${row % 300},${row % 2}`);

describe('checkKeys', () => {
  it('finds every key in one part only', () => {
    const leakage = leakageOf(HEADER + DISTINCT, {split: {key: ['group']}});

    assert.equal(leakage.keysInSeveralParts, 0);
    assert.equal(leakage.looked.keys, 300);
    assert.equal(
      leakage.sentence,
      'None of 300 keys looked at is in more than one part. No rows repeat another row.',
    );
  });

  it('finds a key in two parts, were there one', () => {
    const definition = definitionOf({}, {key: ['group']});
    const {sample, statistics} = splitText(HEADER + DISTINCT, definition);
    const moved = {part: 'test', content: Buffer.from('1,"g7",0')} as const;
    const home = sample.first.find(({content}) => content.toString().includes(',g7,'))?.part;
    assert.notEqual(home, 'test');

    const {keysInSeveralParts, sentence} = checkKeys(
      {...sample, first: [...sample.first, moved]},
      definition,
      statistics,
    );

    assert.equal(keysInSeveralParts, 1);
    assert.match(sentence, /^1 of 300 keys looked at are in more than one part/);
  });

  it('counts the rows that repeat another one in a file of 4,096 rows', () => {
    const {duplicates, looked} = leakageOf(HEADER + rows(4096, (row) => `${row % 3000},g,${row % 2}`));

    assert.equal(looked.share, 1);
    assert.deepEqual(duplicates, {sampled: 1096, estimate: 1096, standardError: 0});
  });

  it('estimates the rows that repeat another one within four standard errors', () => {
    const every = fc.record({
      distinct: fc.integer({min: 4200, max: 8000}),
      repeated: fc.integer({min: 100, max: 1500}),
      salt: fc.string({maxLength: 3}),
      key: fc.constantFrom<'row' | string[]>('row', ['id'], ['group']),
    });
    fc.assert(
      fc.property(every, ({distinct, repeated, salt, key}) => {
        const row = (number: number) => `${number},g${number % 900},${number % 2}`;
        const text = HEADER + rows(distinct, row) + rows(repeated, row);

        const {looked, duplicates} = leakageOf(text, {split: {key, salt}});

        assert.ok(looked.share < 1);
        const error = Math.abs(duplicates.estimate - repeated);
        assert.ok(error <= 4 * duplicates.standardError + 1, JSON.stringify({repeated, ...duplicates}));
      }),
      {numRuns: 15, seed: 3},
    );
  });

  it('says so when no sampled row repeats another one', () => {
    const {sentence, looked} = leakageOf(HEADER + rows(5000, (row) => `${row},g,${row % 2}`));

    assert.ok(looked.share < 1);
    assert.match(sentence, /None of the sampled rows repeat another row\.$/);
  });

  it('estimates the rows of one record that is half of the file', () => {
    const {duplicates} = leakageOf(HEADER + rows(20_000, (row) => (row % 2 ? 'twin,g,1' : `${row},g,0`)));

    assert.ok(Math.abs(duplicates.estimate - 9999) <= 4 * duplicates.standardError + 1);
  });

  it('finds rows that were planted in another form, and those of them in another part', () => {
    const row = (number: number) => `${number}.5,g${number % 9},${number % 2}`;
    const respelled = (number: number) => `"${number}.50", g${number % 9},${number % 2}`;
    const text = HEADER + rows(2000, row) + rows(40, respelled);

    const {respelled: found, keysInSeveralParts, sentence} = leakageOf(text);

    assert.equal(found.keys, 40);
    assert.ok(found.inSeveralParts > 0 && found.inSeveralParts < 40);
    assert.equal(keysInSeveralParts, 0);
    assert.match(sentence, new RegExp(`, but ${found.inSeveralParts} are when their form is left aside`));
  });

  it('finds some of the rows of a second export behind a long first one', () => {
    const count = 20_000;
    const text =
      HEADER +
      rows(count, (row) => `${row},g${row % 9},${row % 2}`) +
      rows(count, (row) => `"${row}","g${row % 9}","${row % 2}"`);

    assert.ok(leakageOf(text).respelled.inSeveralParts > 0);
  });

  it('finds keys of columns that come with and without spaces, also in JSON Lines', () => {
    const id = (row: number) => (row < 400 ? `u${row}` : ` u${row - 400}`);
    const csv = HEADER + rows(800, (row) => `${id(row)},g,${row % 2}`);
    const jsonl = rows(800, (row) => `{"id":"${id(row)}","label":${row % 2}}`);

    const found = [
      leakageOf(csv, {split: {key: ['id']}}),
      leakageOf(jsonl, {data: {format: 'jsonl'}, split: {key: ['id']}}),
    ];

    for (const {respelled} of found) {
      assert.equal(respelled.keys, 400);
      assert.ok(respelled.inSeveralParts > 50);
    }
  });

  it('says the same however the file was cut', () => {
    const text = Buffer.from(
      HEADER + DISTINCT + DISTINCT.replaceAll(',g', ',"g').replaceAll(/,(\d)\n/g, '",$1\n'),
    );
    const definition = definitionOf();
    const outcomes = [[1_000_000], [777], [65_536, 3]].map((sizes) => {
      const {sample, statistics} = splitChunks(cut(text, sizes), definition);
      return checkKeys(sample, definition, statistics);
    });

    assert.deepEqual(outcomes[1], outcomes[0]);
    assert.deepEqual(outcomes[2], outcomes[0]);
  });
});

describe('a file that grows', () => {
  it('leaves every old record where it was', () => {
    const record = fc
      .tuple(fc.nat(400), fc.constantFrom('a', '"b, c"', '"d\ne"', 'é'), fc.nat(2))
      .map((fields) => `${fields.join(',')}\n`);
    const records = fc.array(record, {maxLength: 300});
    const key = fc.constantFrom<'row' | string[]>('row', ['id'], ['group', 'id']);
    const base = rows(600, (row) => `${row},g${row},${row % 2}`);
    fc.assert(
      fc.property(records, records, key, fc.string({maxLength: 4}), (old, added, by, salt) => {
        const definition = definitionOf({}, {key: by, salt});
        const before = splitText(HEADER + base + old.join(''), definition).streams;
        const after = splitText(HEADER + base + old.join('') + added.join(''), definition).streams;

        for (const part of ['training', 'validation', 'test'] as const)
          assert.ok(after[part].startsWith(before[part]), part);
      }),
      {numRuns: 40},
    );
  });
});
