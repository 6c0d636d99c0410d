import assert from 'node:assert/strict';
import fc from 'fast-check';
import {mcnemar} from '../../../../shared/domain/gate/mcnemar.ts';

/** `scipy.stats.binomtest(wins, wins + losses, 0.5, alternative='greater').pvalue` of scipy 1.13.1. */
const BY_SCIPY = [
  [1, 0, 0.5],
  [5, 0, 0.03125],
  [2, 2, 0.6875],
  [3, 9, 0.980712890625],
  [9, 3, 0.072998046875],
  [10, 2, 0.019287109375],
  [41, 30, 0.11754878120417094],
  [120, 90, 0.02255704393242035],
  [1300, 1200, 0.023840932610521694],
  [60_000, 59_000, 0.0018899348173883961],
] as const;

const rows = fc.nat({max: 2000});

describe('mcnemar', () => {
  for (const [wins, losses, p] of BY_SCIPY) {
    it(`gives what scipy gives for ${wins} rows won and ${losses} lost`, () => {
      assert.ok(Math.abs(mcnemar(wins, losses) / p - 1) < 1e-9, String(mcnemar(wins, losses)));
    });
  }

  it('is certain of nothing where the models never disagree', () => {
    assert.equal(mcnemar(0, 0), 1);
  });

  it('is no number but 0 where the chance is below all doubles', () => {
    assert.equal(mcnemar(20_000, 1000), 0);
  });

  it('is above a half when no more rows are won than lost', () => {
    fc.assert(
      fc.property(rows, rows, (one, other) => {
        assert.ok(mcnemar(Math.min(one, other), Math.max(one, other)) > 0.5);
      }),
    );
  });

  it('falls with each row won and grows with each row lost', () => {
    fc.assert(
      fc.property(rows, rows, (wins, losses) => {
        const p = mcnemar(wins, losses);

        assert.ok(p >= 0 && p <= 1);
        assert.ok(mcnemar(wins + 1, losses) <= p + 1e-12);
        assert.ok(mcnemar(wins, losses + 1) >= p - 1e-12);
      }),
    );
  });

  it('adds up to one with the chance of the other tail', () => {
    fc.assert(
      fc.property(rows, rows, (wins, losses) => {
        assert.ok(Math.abs(mcnemar(wins, losses) + mcnemar(losses + 1, wins - 1) - 1) < 1e-9 || wins === 0);
      }),
    );
  });
});
