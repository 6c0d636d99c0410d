import assert from 'node:assert/strict';
import {tuneSchema} from '../../../shared/domain/study.ts';
import {studySpecOf} from '../../../shared/gateways/study-spec.ts';

const TUNE = tuneSchema.parse({
  metric: 'accuracy',
  maxTrials: 6,
  parallelTrials: 3,
  maxFailedTrials: 2,
  parameters: {alpha: {double: [0.1, 1]}},
});

describe('studySpecOf', () => {
  it('says every kind of parameter and scale in the words of Vertex AI', () => {
    const spec = studySpecOf({
      ...TUNE,
      goal: 'minimize',
      algorithm: 'random',
      parameters: {
        alpha: {double: [1e-5, 0.1], scale: 'log'},
        depth: {integer: [1, 8], scale: 'reverse-log'},
        rate: {double: [0, 1], scale: 'linear'},
        max_iter: {discrete: [200, 500]},
        penalty: {categorical: ['l1', 'l2']},
      },
    });

    assert.deepEqual(spec, {
      metrics: [{metricId: 'accuracy', goal: 'MINIMIZE'}],
      algorithm: 'RANDOM_SEARCH',
      parameters: [
        {parameterId: 'alpha', scaleType: 'UNIT_LOG_SCALE', doubleValueSpec: {minValue: 1e-5, maxValue: 0.1}},
        {
          parameterId: 'depth',
          scaleType: 'UNIT_REVERSE_LOG_SCALE',
          integerValueSpec: {minValue: '1', maxValue: '8'},
        },
        {parameterId: 'rate', scaleType: 'UNIT_LINEAR_SCALE', doubleValueSpec: {minValue: 0, maxValue: 1}},
        {parameterId: 'max_iter', discreteValueSpec: {values: [200, 500]}},
        {parameterId: 'penalty', categoricalValueSpec: {values: ['l1', 'l2']}},
      ],
    });
  });

  it('leaves the algorithm to Vertex AI when it is bayesian, its default', () => {
    assert.equal(studySpecOf(TUNE).algorithm, 'ALGORITHM_UNSPECIFIED');
    assert.equal(studySpecOf({...TUNE, algorithm: 'grid'}).algorithm, 'GRID_SEARCH');
    assert.equal(studySpecOf(TUNE).metrics?.[0]?.goal, 'MAXIMIZE');
  });
});
