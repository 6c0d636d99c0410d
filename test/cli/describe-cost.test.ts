import assert from 'node:assert/strict';
import {describeCost, describeEstimate} from '../../cli/describe-cost.ts';

describe('describeEstimate', () => {
  it('tells the bound of each stage and the price of an endpoint', () => {
    const estimate = {
      prices: '2026-11-23',
      build: {what: 'Cloud Build', hourly: 0.36, atMost: 0.18},
      tuning: {what: 'n1-standard-4', hourly: 0.2185, atMost: 15.732},
      serving: {what: 'n1-standard-2', hourly: 0.1095},
    };

    assert.equal(
      describeEstimate(estimate),
      'build at most 0.18, tuning at most 15.73, serving 0.11 an hour (US dollars, prices of 2026-11-23)',
    );
  });

  it('says what has no price', () => {
    const estimate = {prices: '2026-11-23', training: {what: 'a3-megagpu-8g'}};

    assert.match(describeEstimate(estimate), /^training unknown: no price for a3-megagpu-8g \(/);
  });
});

describe('describeCost', () => {
  it('adds up what was paid', () => {
    const cost = {tuning: {hours: 2.5, dollars: 0.546}, training: {hours: 0.1, dollars: 0.02185}};

    assert.equal(describeCost(cost), 'tuning 0.55 (2.50 h) + training 0.0219 (0.10 h) = 0.57 US dollars');
  });

  it('gives no sum without every price', () => {
    assert.equal(describeCost({tuning: {hours: 2.5}}), 'tuning no price (2.50 h)');
  });
});
