import assert from 'node:assert/strict';
import fc from 'fast-check';
import {chanceOfShare, oddShares} from '../../../../shared/domain/split/part-share.ts';
import {splitSchema} from '../../../../shared/domain/split/split-definition.ts';

function partsOf(training: number, validation: number, test: number) {
  const partOf = (rows: number) => ({rows, bytes: 0, sha256: '', labels: []});
  return {parts: {training: partOf(training), validation: partOf(validation), test: partOf(test)}};
}

describe('chanceOfShare', () => {
  it('is never below the exact chance of a binomial', () => {
    const anyCase = fc.tuple(fc.integer({min: 1, max: 60}), fc.nat(60), fc.integer({min: 1, max: 9}));
    fc.assert(
      fc.property(anyCase, ([total, anyRows, tenths]) => {
        const rows = Math.min(anyRows, total);

        assert.ok(chanceOfShare(rows, total, tenths / 10) >= exactTail(rows, total, tenths / 10) - 1e-12);
      }),
    );
  });

  it('is one for the very share', () => {
    assert.equal(chanceOfShare(80, 100, 0.8), 1);
  });
});

describe('oddShares', () => {
  const split = splitSchema.parse({});

  it('finds nothing in parts as large as chance makes them', () => {
    assert.deepEqual(oddShares(partsOf(7_950, 1_020, 1_030), split), []);
  });

  it('finds nothing in parts of few rows, however uneven', () => {
    assert.deepEqual(oddShares(partsOf(9, 5, 1), split), []);
  });

  it('finds parts that equal rows have swollen', () => {
    assert.deepEqual(oddShares(partsOf(680, 90, 230), split), [
      'The training part has 68.0 % of the rows, its buckets are 80.0 %: chance does not explain that, so many rows are equal.',
      'The test part has 23.0 % of the rows, its buckets are 10.0 %: chance does not explain that, so many rows are equal.',
    ]);
  });

  it('names the key that has many rows for few values', () => {
    const byUser = splitSchema.parse({key: ['user', 'day']});

    assert.match(
      oddShares(partsOf(0, 1_000, 1), byUser)[0] ?? '',
      /so few keys \("user", "day"\) have many rows\.$/,
    );
  });
});

/** The chance of this many rows or more (or fewer, whichever side of the mean they lie on). */
function exactTail(rows: number, total: number, share: number): number {
  const isAbove = rows >= total * share;
  let tail = 0;
  for (let k = 0; k <= total; k += 1)
    if (isAbove ? k >= rows : k <= rows) tail += pointChance(k, total, share);
  return tail;
}

function pointChance(k: number, total: number, share: number): number {
  let chance = share ** k * (1 - share) ** (total - k);
  for (let i = 0; i < k; i += 1) chance *= (total - i) / (i + 1);
  return chance;
}
