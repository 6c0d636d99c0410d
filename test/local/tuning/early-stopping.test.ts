import assert from 'node:assert/strict';
import {shouldStop} from '../../../local/tuning/early-stopping.ts';
import type {Measurement, StudySpec, Trial} from '../../../local/tuning/types.ts';

const MEDIAN: StudySpec = {medianAutomatedStoppingSpec: {}};
const DECAY: StudySpec = {decayCurveStoppingSpec: {}};

/** Measurements at the steps 1, 2, 3…, one every ten seconds. */
function curve(...values: number[]): Measurement[] {
  return values.map((value, index) => ({
    stepCount: String(index + 1),
    elapsedDuration: `${10 * (index + 1)}s`,
    metrics: [{metricId: 'accuracy', value}],
  }));
}

function completed(...values: number[]): Trial {
  return {state: 'SUCCEEDED', measurements: curve(...values)};
}

describe('the median rule', () => {
  const trials = [completed(0.2, 0.4, 0.9), completed(0.4, 0.6, 0.9), completed(0.6, 0.8, 0.9)];

  it('stops a trial whose best is below the median of the running averages up to its step', () => {
    // The averages up to step 2 are 0.3, 0.5 and 0.7.
    assert.equal(shouldStop(MEDIAN, curve(0.1, 0.49), trials), true);
    assert.equal(shouldStop(MEDIAN, curve(0.49, 0.1), trials), true);
  });

  it('lets one go on that is at the median, or was', () => {
    assert.equal(shouldStop(MEDIAN, curve(0.1, 0.5), trials), false);
    assert.equal(shouldStop(MEDIAN, curve(0.5, 0.1), trials), false);
  });

  it('compares with the middle between the two in the middle', () => {
    assert.equal(shouldStop(MEDIAN, curve(0.29), trials.slice(0, 2)), true);
    assert.equal(shouldStop(MEDIAN, curve(0.31), trials.slice(0, 2)), false);
  });

  it('stops at large values when small ones are wanted', () => {
    const minimize = {...MEDIAN, metrics: [{goal: 'MINIMIZE'}]};

    assert.equal(shouldStop(minimize, curve(0.41), trials), true);
    assert.equal(shouldStop(minimize, curve(0.39), trials), false);
  });

  it('compares at the same time instead of the same step when told to', () => {
    const late = curve(0.3).map((measurement) => ({...measurement, elapsedDuration: '30s'}));

    assert.equal(shouldStop(MEDIAN, late, trials.slice(0, 1)), false);
    assert.equal(
      shouldStop({medianAutomatedStoppingSpec: {useElapsedDuration: true}}, late, trials.slice(0, 1)),
      true,
    );
  });
});

describe('the decay curve rule', () => {
  /** Trials that gain 0.1, but for a little, between step 1 and step 2. */
  const trials = [0.5, 0.55, 0.6, 0.65, 0.7].map((start, i) =>
    completed(start, start + 0.1 + 0.002 * (i % 2)),
  );

  it('stops a trial that is not likely to reach the best any more', () => {
    assert.equal(shouldStop(DECAY, curve(0.52), trials), true);
    assert.equal(shouldStop(DECAY, curve(0.1), trials), true);
  });

  it('lets one go on that may become the best', () => {
    assert.equal(shouldStop(DECAY, curve(0.7), trials), false);
    assert.equal(shouldStop(DECAY, curve(0.9), trials), false);
  });

  it('lets every trial go on before five have completed', () => {
    assert.equal(shouldStop(DECAY, curve(0.1), trials.slice(1)), false);
  });

  it('knows from what trials gained in the end that a slow start is no loss', () => {
    const crossing = [0.1, 0.2, 0.3, 0.4, 0.5].map((start) => completed(start, 0.9 - start));

    assert.equal(shouldStop(DECAY, curve(0.1), crossing), false);
    assert.equal(shouldStop(DECAY, curve(0.45), crossing), true);
  });
});

describe('no rule', () => {
  it('stops a trial without a report, or without others to compare it with', () => {
    for (const rule of [MEDIAN, DECAY]) {
      assert.equal(shouldStop(rule, [], [completed(1)]), false);
      assert.equal(shouldStop(rule, curve(0), [{state: 'ACTIVE', measurements: curve(1)}]), false);
      assert.equal(shouldStop(rule, curve(0), [{state: 'SUCCEEDED'}, {state: 'INFEASIBLE'}]), false);
    }
  });

  it('stops anything in a study that has none', () => {
    assert.equal(shouldStop({}, curve(0), [completed(1)]), false);
  });
});
