import assert from 'node:assert/strict';
import {refuseOlder} from '../../../../shared/domain/gate/release-order.ts';

describe('the order of releases', () => {
  const EARLIER = '2026-01-01T00:00:00.000Z';
  const LATER = '2026-01-01T00:00:00.001Z';

  it('lets newer data replace older, and the same instant pass', () => {
    assert.equal(refuseOlder(LATER, {version: '1', acceptedAt: EARLIER}), undefined);
    assert.equal(refuseOlder(EARLIER, {version: '1', acceptedAt: EARLIER}), undefined);
  });

  it('lets the first version pass', () => {
    assert.equal(refuseOlder(EARLIER, undefined), undefined);
  });

  it('keeps the champion of newer data, and says since when', () => {
    assert.deepEqual(refuseOlder(EARLIER, {version: '3', acceptedAt: LATER}), {
      released: false,
      reason: 'older-data',
      sentence: `kept version 3: its data were accepted at ${LATER}, after this run's at ${EARLIER}`,
    });
  });
});
