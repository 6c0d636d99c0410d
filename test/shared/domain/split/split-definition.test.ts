import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {z} from 'zod';
import {
  bucketsOf,
  dataSchema,
  PARTS,
  partOfBucket,
  splitSchema,
} from '../../../../shared/domain/split/split-definition.ts';

describe('splitSchema', () => {
  it('splits rows eight to one to one unless told otherwise', () => {
    const split = splitSchema.parse({});

    assert.deepEqual(partOfBucket(split), [...Array(8).fill('training'), 'validation', 'test']);
    assert.equal(split.key, 'row');
  });

  it('reads numbers, numerals and ranges as YAML gives them', () => {
    const split = splitSchema.parse({
      buckets: 12,
      training: ['0-3', 11, '5-9'],
      validation: ['4'],
      test: [10],
    });

    assert.deepEqual(bucketsOf('training', split), [0, 1, 2, 3, 5, 6, 7, 8, 9, 11]);
    assert.equal(partOfBucket(split)[4], 'validation');
  });

  it('accepts what it has returned', () => {
    const split = splitSchema.parse({key: ['id'], salt: 's'});

    assert.deepEqual(splitSchema.parse(split), split);
  });

  it('gives each bucket to the part that lists it', () => {
    const anyParts = fc.array(fc.constantFrom(...PARTS), {minLength: 3, maxLength: 60});
    fc.assert(
      fc.property(anyParts, (parts) => {
        fc.pre(PARTS.every((part) => parts.includes(part)));
        const listOf = (wanted: string) => parts.flatMap((part, bucket) => (part === wanted ? [bucket] : []));
        const [training, validation, test] = PARTS.map(listOf);

        const split = splitSchema.parse({buckets: parts.length, training, validation, test});

        assert.deepEqual(partOfBucket(split), parts);
      }),
    );
  });

  const refusals: readonly (readonly [string, z.input<typeof splitSchema>, string])[] = [
    ['a bucket of two parts', {validation: ['7-8']}, 'bucket 7 is in training and validation'],
    ['a bucket listed twice', {test: [9, 9]}, 'bucket 9 is in test twice'],
    ['a bucket of no part', {training: ['0-6']}, 'bucket 7 is in no part'],
    [
      'a bucket that does not exist',
      {test: [10]},
      'bucket 10 does not exist: split.buckets is 10, so the last one is 9',
    ],
    ['a range that runs backwards', {training: ['7-0']}, 'range 7-0 runs backwards: write 0-7'],
  ];
  for (const [name, input, message] of refusals) {
    it(`refuses ${name}`, () => {
      assert.deepEqual(complaintsOf(splitSchema.safeParse(input)), [message]);
    });
  }

  const wrong: readonly (readonly [string, unknown])[] = [
    ['an unknown key', {ratio: 0.8}],
    ['text that is no range', {training: ['0..7']}],
    ['an empty part', {validation: [], test: [8, 9]}],
    ['fewer buckets than parts', {buckets: 2, training: [0], validation: [1], test: [1]}],
    ['half a bucket', {test: [9.5]}],
    ['an empty list of key columns', {key: []}],
    ['a single word other than row as key', {key: 'id'}],
  ];
  for (const [name, input] of wrong) {
    it(`refuses ${name}`, () => {
      assert.equal(splitSchema.safeParse(input).success, false);
    });
  }
});

describe('dataSchema', () => {
  it('expects CSV with commas unless told otherwise', () => {
    const {format, delimiter} = dataSchema.parse({label: 'y'});

    assert.deepEqual([format, delimiter], ['csv', ',']);
  });

  it('accepts what it has returned', () => {
    const data = dataSchema.parse({label: 'y', malformed: {limit: 25}});

    assert.deepEqual(dataSchema.parse(data), data);
  });

  for (const delimiter of ['"', '\n', ';;', '', '·']) {
    it(`refuses ${JSON.stringify(delimiter)} as delimiter`, () => {
      assert.equal(dataSchema.safeParse({label: 'y', delimiter}).success, false);
    });
  }

  for (const delimiter of ['\t', ';', '|', '~', ' ']) {
    it(`takes ${JSON.stringify(delimiter)} as delimiter`, () => {
      assert.equal(dataSchema.parse({label: 'y', delimiter}).delimiter, delimiter);
    });
  }
});

function complaintsOf(result: z.ZodSafeParseResult<unknown>): string[] {
  return result.error?.issues.map(({message}) => message) ?? [];
}
