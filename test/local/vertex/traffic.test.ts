import assert from 'node:assert/strict';
import fc from 'fast-check';
import {checkTraffic, chooseByTraffic} from '../../../local/vertex/traffic.ts';

describe('checkTraffic', () => {
  it('accepts no traffic at all and percents that add up to 100', () => {
    checkTraffic({}, ['1']);
    checkTraffic({1: 90, 2: 10}, ['1', '2', '3']);
    checkTraffic({1: 100, 2: 0}, ['1', '2']);
  });

  for (const [split, message] of [
    [{1: 50}, /add up to 100, not 50/],
    [{1: 60, 2: 60}, /add up to 100, not 120/],
    [{1: 110, 2: -10}, /add up to 100/],
    [{9: 100}, /"9", which is not deployed/],
  ] as const) {
    it(`refuses ${JSON.stringify(split)}`, () => {
      assert.throws(() => checkTraffic(split, ['1', '2']), {status: 'INVALID_ARGUMENT', message});
    });
  }
});

describe('chooseByTraffic', () => {
  it('gives every model its share of any hundred requests in a row', () => {
    const start = fc.integer({min: 0, max: 1_000_000});
    fc.assert(
      fc.property(fc.integer({min: 0, max: 100}), start, (canary, from) => {
        const split = {1: 100 - canary, 2: canary};
        const chosen = Array.from({length: 100}, (_, i) => chooseByTraffic(split, from + i));
        const share = chosen.filter((id) => id === '2').length;
        assert.ok(Math.abs(share - canary) <= 3, `${share} requests for ${canary} %`);
      }),
    );
  });

  it('chooses none where none gets traffic', () => {
    assert.equal(chooseByTraffic({}, 1), undefined);
  });
});
