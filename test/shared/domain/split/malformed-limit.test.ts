import assert from 'node:assert/strict';
import {isWithinLimit, malformedLimitSchema} from '../../../../shared/domain/split/malformed-limit.ts';

describe('malformedLimitSchema', () => {
  for (const limit of ['1%', '0%', '0.5%', '100%', 0, 25]) {
    it(`takes ${JSON.stringify(limit)}`, () => {
      assert.equal(malformedLimitSchema.parse(limit), limit);
    });
  }

  for (const limit of ['1', '101%', '-1%', '1 %', 'few', 0.01, -1, null]) {
    it(`refuses ${JSON.stringify(limit)} with examples of good ones`, () => {
      assert.match(
        malformedLimitSchema.safeParse(limit).error?.issues[0]?.message ?? '',
        /such as 1%, .* such as 25$/,
      );
    });
  }
});

describe('isWithinLimit', () => {
  it('allows a share of the rows and not one row more', () => {
    assert.equal(isWithinLimit(3, 300, '1%'), true);
    assert.equal(isWithinLimit(3, 299, '1%'), false);
  });

  it('allows a number of rows and not one more, however many there are', () => {
    assert.equal(isWithinLimit(25, 30, 25), true);
    assert.equal(isWithinLimit(26, 1_000_000, 25), false);
  });

  it('allows none where none is allowed', () => {
    assert.equal(isWithinLimit(0, 10, 0), true);
    assert.equal(isWithinLimit(1, 1_000_000, '0%'), false);
  });
});
