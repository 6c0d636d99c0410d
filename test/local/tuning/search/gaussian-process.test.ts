import assert from 'node:assert/strict';
import {fitGaussianProcess} from '../../../../local/tuning/search/gaussian-process.ts';

const WAVE = Array.from({length: 9}, (_, i) => ({at: [i / 8], value: 5 + Math.sin(i / 2)}));

describe('a Gaussian process', () => {
  it('passes near its observations and knows little far from them', () => {
    const believe = fitGaussianProcess(WAVE);

    for (const {at, value} of WAVE) assert.ok(Math.abs(believe(at).mean - value) < 0.05);
    assert.ok(believe([0.5]).deviation < 0.1 * believe([9]).deviation);
  });

  it('believes the average where it knows nothing', () => {
    const average = WAVE.reduce((sum, {value}) => sum + value, 0) / WAVE.length;

    assert.ok(Math.abs(fitGaussianProcess(WAVE)([1000]).mean - average) < 1e-9);
  });

  it('finds values between its observations', () => {
    assert.ok(Math.abs(fitGaussianProcess(WAVE)([7 / 16]).mean - (5 + Math.sin(1.75))) < 0.05);
  });

  it('lives with one observation, with equal ones and with two values at one point', () => {
    for (const observations of [
      [{at: [0.5], value: 3}],
      [
        {at: [0.1], value: 3},
        {at: [0.9], value: 3},
      ],
      [
        {at: [0.5], value: 2},
        {at: [0.5], value: 4},
      ],
    ]) {
      const {mean, deviation} = fitGaussianProcess(observations)([0.5]);

      assert.ok(Math.abs(mean - 3) < 1e-6);
      assert.ok(deviation > 0);
    }
  });
});
