import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  budgetFaults,
  budgetSchema,
  costFault,
  isSpent,
  nodeHoursAllowed,
  nodeHoursOf,
} from '../../../shared/domain/budget.ts';

const NOON_MS = Date.parse('2026-11-23T12:00:00Z');
const HOUR_MS = 3_600_000;
const tune = {maxTrials: 20, parallelTrials: 3};

const at = (hours: number) => new Date(NOON_MS + hours * HOUR_MS).toISOString();

describe('a budget', () => {
  it('has at least one limit', () => {
    assert.equal(budgetSchema.safeParse({}).success, false);
    assert.equal(budgetSchema.safeParse({maxNodeHours: 0}).success, false);
    assert.equal(budgetSchema.safeParse({maxTrials: 0}).success, false);
    assert.equal(budgetSchema.safeParse({maxTrials: 1}).success, true);
  });

  it('has nothing against a search within it', () => {
    assert.deepEqual(budgetFaults({budget: {maxTrials: 20, maxNodeHours: 0.26}, tune}), []);
    assert.deepEqual(budgetFaults({tune}), []);
  });

  it('tells of every limit that contradicts the search', () => {
    assert.deepEqual(budgetFaults({budget: {maxTrials: 19, maxNodeHours: 0.25}, tune}), [
      {path: ['tune', 'maxTrials'], message: '20 is more than budget.maxTrials (19)'},
      {
        path: ['budget', 'maxNodeHours'],
        message: 'must be above 0.25, what 3 parallel trials use between two looks at them',
      },
    ]);
  });

  it('is spent when the next look would come too late', () => {
    const definition = {budget: {maxNodeHours: 2}, tune};

    assert.equal(isSpent(1.74, definition), false);
    assert.equal(isSpent(1.75, definition), true);
  });

  it('without node-hours is never spent', () => {
    assert.equal(isSpent(1e6, {budget: {maxTrials: 20}, tune}), false);
    assert.equal(isSpent(1e6, {tune}), false);
  });
});

describe('a budget of money', () => {
  it('allows the node-hours that it pays for, or the given ones if they are fewer', () => {
    assert.equal(nodeHoursAllowed({maxCost: 1}, 0.25), 4);
    assert.equal(nodeHoursAllowed({maxCost: 1, maxNodeHours: 3}, 0.25), 3);
    assert.equal(nodeHoursAllowed({maxCost: 1, maxNodeHours: 5}, 0.25), 4);
    assert.equal(nodeHoursAllowed({maxTrials: 20}, 0.25), undefined);
  });

  it('is spent when the next look would come too late', () => {
    const definition = {budget: {maxCost: 0.5}, tune};

    assert.equal(isSpent(1.74, definition, 0.25), false);
    assert.equal(isSpent(1.75, definition, 0.25), true);
  });

  it('can hold a search that may use more than is paid between two looks', () => {
    assert.equal(costFault({budget: {maxCost: 0.07}, tune}, 0.25), undefined);
    assert.equal(costFault({tune}, undefined), undefined);
  });

  it('cannot hold one whose least is more, or has no price', () => {
    assert.equal(
      costFault({budget: {maxCost: 0.0625}, tune}, 0.25),
      'budget.maxCost (0.0625) is not above 0.0625, what 3 parallel trials cost between two looks at them',
    );
    assert.match(costFault({budget: {maxCost: 9}, tune}, undefined) ?? '', /^no price is known/);
  });
});

describe('the node-hours of trials', () => {
  it('are those of one machine each, from its start to its end', () => {
    const trials = [{startTime: at(0), endTime: at(1)}, {startTime: at(0.5), endTime: at(1)}, {}];

    assert.equal(nodeHoursOf(trials, NOON_MS + 9 * HOUR_MS), 1.5);
  });

  it('go on for a trial that has not ended', () => {
    assert.equal(nodeHoursOf([{startTime: at(0)}], NOON_MS + 2 * HOUR_MS), 2);
  });

  it('are none for a trial that begins later, by another clock', () => {
    assert.equal(nodeHoursOf([{startTime: at(1)}], NOON_MS), 0);
  });

  it('never become fewer as time goes on', () => {
    const trial = fc.record({start: fc.nat(100), hours: fc.option(fc.nat(10))});
    const trialsOf = fc.array(
      trial.map(({start, hours}) => ({
        startTime: at(start),
        ...(hours === null ? {} : {endTime: at(start + hours)}),
      })),
    );

    fc.assert(
      fc.property(trialsOf, fc.nat(100), fc.nat(100), (trials, hours, more) => {
        const now = nodeHoursOf(trials, NOON_MS + hours * HOUR_MS);
        assert.ok(nodeHoursOf(trials, NOON_MS + (hours + more) * HOUR_MS) >= now);
      }),
    );
  });
});
