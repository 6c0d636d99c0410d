import assert from 'node:assert/strict';
import fc from 'fast-check';
import {testIndependence, upperTail} from '../../../../shared/domain/split/chi-square.ts';

describe('upperTail', () => {
  // Upper critical values of the NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4.
  const published: readonly (readonly [degrees: number, alpha: number, critical: number])[] = [
    [2, 0.1, 4.605],
    [2, 0.05, 5.991],
    [2, 0.001, 13.816],
    [4, 0.025, 11.143],
    [12, 0.05, 21.026],
    [12, 0.01, 26.217],
    [18, 0.1, 25.989],
    [18, 0.01, 34.805],
    [50, 0.05, 67.505],
    [100, 0.05, 124.342],
    [100, 0.001, 149.449],
  ];
  for (const [degrees, alpha, critical] of published) {
    it(`is ${alpha} at ${critical} with ${degrees} degrees of freedom`, () => {
      assert.ok(Math.abs(upperTail(critical, degrees / 2) / alpha - 1) < 0.002);
    });
  }

  it('is one where nothing differs', () => {
    assert.equal(upperTail(0, 9), 1);
  });

  it('is never more than one, whatever is lost in rounding', () => {
    for (let n = 1; n < 1000; n += 1) assert.ok(upperTail(n / 4, n) <= 1, `${n}`);
  });

  it('is about one half near the mean of a thousand labels', () => {
    assert.ok(Math.abs(upperTail(1998 - 2 / 3, 999) - 0.5) < 0.001);
  });

  const anyChiSquare = fc.oneof(
    fc.double({min: 0, max: 2, noNaN: true}),
    fc.double({min: 0, max: 5000, noNaN: true}),
  );
  it('falls from one towards zero', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 999}), anyChiSquare, (n, chiSquare) => {
        const [near, far] = [upperTail(chiSquare, n), upperTail(chiSquare + 1, n)];

        assert.ok(near >= 0 && near <= 1 && far <= near + 1e-9, `${near} ${far}`);
      }),
    );
  });
});

describe('testIndependence', () => {
  it('computes the statistic of a worked example', () => {
    const test = testIndependence([
      [10, 20],
      [20, 20],
      [30, 20],
    ]);

    assert.ok(Math.abs(test.chiSquare - 16 / 3) < 1e-12);
    assert.equal(test.degreesOfFreedom, 2);
    assert.ok(Math.abs(test.pValue - Math.exp(-8 / 3)) < 1e-12);
  });

  it('finds nothing when all shares are alike', () => {
    const {chiSquare, pValue} = testIndependence([
      [80, 160, 8],
      [10, 20, 1],
      [10, 20, 1],
    ]);

    assert.ok(chiSquare < 1e-12 && pValue > 0.999);
  });
});
