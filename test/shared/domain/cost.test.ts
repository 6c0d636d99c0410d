import assert from 'node:assert/strict';
import {costWith, dollarsOf} from '../../../shared/domain/cost.ts';

const estimate = {
  prices: '2026-11-23',
  tuning: {what: 'n1-standard-4', hourly: 0.2, atMost: 9},
  training: {what: 'a machine'},
};

describe('the cost of a run', () => {
  it('is that of its jobs, at the price of the estimate', () => {
    assert.deepEqual(costWith({estimate}, 'tuning', 3), {tuning: {hours: 3, dollars: 3 * 0.2}});
  });

  it('keeps what was paid before', () => {
    const cost = costWith({estimate}, 'tuning', 3);

    assert.deepEqual(costWith({estimate, cost}, 'training', 1), {...cost, training: {hours: 1}});
  });

  it('is counted once, however often a job is seen to end', () => {
    const cost = costWith({estimate}, 'tuning', 3);

    assert.deepEqual(costWith({estimate, cost}, 'tuning', 3), cost);
  });

  it('has hours only where no estimate was made', () => {
    assert.deepEqual(costWith({}, 'tuning', 2), {tuning: {hours: 2}});
  });

  it('adds up', () => {
    const cost = {tuning: {hours: 3, dollars: 0.5}, training: {hours: 1, dollars: 0.25}};

    assert.equal(dollarsOf(cost), 0.75);
  });

  it('has no sum when a price is missing, or nothing was paid', () => {
    assert.equal(dollarsOf({tuning: {hours: 3, dollars: 0.6}, training: {hours: 1}}), undefined);
    assert.equal(dollarsOf({}), undefined);
    assert.equal(dollarsOf(undefined), undefined);
  });
});
