import assert from 'node:assert/strict';
import fc from 'fast-check';
import {grantOf, type Limit} from '../../../shared/domain/request-limits.ts';

const LIMIT: Limit = {count: 3, windowMs: 1000};

/** The instants of those requests that were granted. */
function granted(askedMs: readonly number[], limit: Limit): number[] {
  let grantsMs: readonly number[] = [];
  return askedMs.filter((nowMs) => {
    const grant = grantOf(grantsMs, limit, nowMs);
    if (grant.kind === 'granted') grantsMs = grant.grantsMs;
    return grant.kind === 'granted';
  });
}

describe('a limit on requests', () => {
  it('grants so many within its window, then one as each grows old', () => {
    assert.deepEqual(granted([0, 1, 2, 3, 999, 1000, 1000, 1001], LIMIT), [0, 1, 2, 1000, 1001]);
  });

  it('tells when to ask again', () => {
    assert.deepEqual(grantOf([100, 200, 300], LIMIT, 600), {kind: 'refused', retryAfterSeconds: 1});
    assert.deepEqual(grantOf([100, 200, 300], {...LIMIT, windowMs: 60_000}, 600), {
      kind: 'refused',
      retryAfterSeconds: 60,
    });
  });

  it('never grants more than its count in any window, whenever it is asked', () => {
    const steps = fc.array(fc.nat({max: 600}), {maxLength: 60});
    fc.assert(
      fc.property(steps, fc.integer({min: 1, max: 5}), (gaps, count) => {
        let nowMs = 0;
        const instants = granted(
          gaps.map((gap) => (nowMs += gap)),
          {count, windowMs: 1000},
        );

        for (const atMs of instants) {
          const inWindow = instants.filter((other) => other >= atMs && other < atMs + 1000);
          assert.ok(inWindow.length <= count);
        }
      }),
    );
  });

  it('grants a request that waits as long as it was told', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({max: 999}), {minLength: 3, maxLength: 9}), (instants) => {
        const grantsMs = instants.toSorted((a, b) => a - b).slice(-3);
        const grant = grantOf(grantsMs, LIMIT, 999);

        assert.ok(grant.kind === 'refused');
        assert.equal(grantOf(grantsMs, LIMIT, 999 + grant.retryAfterSeconds * 1000).kind, 'granted');
      }),
    );
  });
});
