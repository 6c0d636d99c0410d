import assert from 'node:assert/strict';
import {expectedImprovement} from '../../../../local/tuning/search/expected-improvement.ts';
import {normalCumulative} from '../../../../local/tuning/search/normal.ts';

describe('the expected improvement', () => {
  it('is what sampling the belief gives', () => {
    const belief = {mean: 1, deviation: 2};
    const steps = Array.from({length: 40_000}, (_, i) => -8 + (i * 16) / 40_000);
    const sum = steps.reduce((total, z) => {
      const gain = Math.max(belief.mean + belief.deviation * z - 1.5, 0);
      return total + (gain * Math.exp(-(z ** 2) / 2)) / Math.sqrt(2 * Math.PI);
    }, 0);

    assert.ok(Math.abs(expectedImprovement(belief, 1.5) - (sum * 16) / 40_000) < 1e-4);
  });

  it('grows with the mean and with the deviation, and is about 0 where both speak against it', () => {
    const plain = expectedImprovement({mean: 0, deviation: 1}, 1);

    assert.ok(expectedImprovement({mean: 0.5, deviation: 1}, 1) > plain);
    assert.ok(expectedImprovement({mean: 0, deviation: 2}, 1) > plain);
    assert.ok(Math.abs(expectedImprovement({mean: -9, deviation: 0.1}, 1)) < 1e-9);
  });
});

describe('normalCumulative', () => {
  it('agrees with the table', () => {
    for (const [z, probability] of [
      [0, 0.5],
      [1, 0.8413447],
      [-1.96, 0.0249979],
      [-9, 0],
    ] as const) {
      assert.ok(Math.abs(normalCumulative(z) - probability) < 2e-7, `${z}`);
    }
  });
});
