import assert from 'node:assert/strict';
import fc from 'fast-check';
import {percentOf, sharesOf} from '../../../shared/domain/canary.ts';

describe('the share of a canary', () => {
  it('is whole percents from 1 to 99', () => {
    assert.deepEqual(['1%', '10%', '99%'].map(percentOf), [1, 10, 99]);
  });

  for (const text of ['0%', '100%', '10', '10 %', '1.5%', '-1%', '010%', '%', ''])
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.equal(percentOf(text), undefined);
    });
});

describe('the traffic of an endpoint', () => {
  const champion = {id: '17', version: '1'};
  const own = {id: '18', version: '2'};

  it('is shared between a canary and the version it would replace', () => {
    const shares = sharesOf([champion, own], own.id, {canary: 10, replaces: '1'});

    assert.deepEqual(shares, {'18': 10, '17': 90});
  });

  it('is all for a version that is no canary', () => {
    assert.deepEqual(sharesOf([champion, own], own.id, {replaces: '1'}), {'18': 100});
  });

  it('is all for a canary that has nobody to share with', () => {
    const stranger = {id: '19', version: '7'};

    assert.deepEqual(sharesOf([own], own.id, {canary: 10, replaces: '1'}), {'18': 100});
    assert.deepEqual(sharesOf([own, stranger], own.id, {canary: 10, replaces: '1'}), {'18': 100});
  });

  it('is not shared with a second deployment of its own version', () => {
    const second = {id: '19', version: '2'};

    assert.deepEqual(sharesOf([own, second], own.id, {canary: 10, replaces: '2'}), {'18': 10, '19': 90});
    assert.deepEqual(sharesOf([own], own.id, {canary: 10, replaces: '2'}), {'18': 100});
  });

  it('is always a hundred percent, with some for the version itself', () => {
    const versions = fc.constantFrom('1', '2', '3');
    const deployed = fc.uniqueArray(fc.record({id: fc.constantFrom('1', '2', '3', '4'), version: versions}), {
      selector: ({id}) => id,
    });
    const canary = fc.option(fc.integer({min: 1, max: 99}), {nil: undefined});
    fc.assert(
      fc.property(deployed, canary, versions, (others, percent, replaces) => {
        const shares = sharesOf(others, '1', {canary: percent, replaces});
        const total = Object.values(shares).reduce((sum, share) => sum + share, 0);
        assert.deepEqual([total, (shares['1'] ?? 0) > 0], [100, true]);
      }),
    );
  });
});
