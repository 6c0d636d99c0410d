import assert from 'node:assert/strict';
import {parseRequest} from '../../../local/request.ts';
import {studySpec as localStudySpec} from '../../../local/vertex/study-spec.ts';
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
      measurementSelectionType: 'LAST_MEASUREMENT',
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

  it('nests a parameter under the one it depends on', () => {
    const {parameters} = tuneSchema.parse({
      ...TUNE,
      parameters: {
        leaves: {discrete: [10, 20], when: {depth: [2, 3]}},
        model: {categorical: ['tree', 'line']},
        depth: {integer: [1, 8], when: {model: ['tree']}},
        cut: {double: [0.1, 1], scale: 'log', when: {leaves: [20]}},
      },
    });

    assert.deepEqual(studySpecOf({...TUNE, parameters}).parameters, [
      {
        parameterId: 'model',
        categoricalValueSpec: {values: ['tree', 'line']},
        conditionalParameterSpecs: [
          {
            parentCategoricalValues: {values: ['tree']},
            parameterSpec: {
              parameterId: 'depth',
              integerValueSpec: {minValue: '1', maxValue: '8'},
              conditionalParameterSpecs: [
                {
                  parentIntValues: {values: ['2', '3']},
                  parameterSpec: {
                    parameterId: 'leaves',
                    discreteValueSpec: {values: [10, 20]},
                    conditionalParameterSpecs: [
                      {
                        parentDiscreteValues: {values: [20]},
                        parameterSpec: {
                          parameterId: 'cut',
                          scaleType: 'UNIT_LOG_SCALE',
                          doubleValueSpec: {minValue: 0.1, maxValue: 1},
                        },
                      },
                    ],
                  },
                },
              ],
            },
          },
        ],
      },
    ]);
  });

  it('asks for early stopping and for the best measurement only when told to', () => {
    const {medianAutomatedStoppingSpec, decayCurveStoppingSpec} = studySpecOf(TUNE);
    assert.deepEqual([medianAutomatedStoppingSpec, decayCurveStoppingSpec], [undefined, undefined]);

    const median = studySpecOf({...TUNE, earlyStopping: 'median', measurement: 'best'});
    assert.deepEqual(median.medianAutomatedStoppingSpec, {});
    assert.equal(median.measurementSelectionType, 'BEST_MEASUREMENT');
    assert.deepEqual(studySpecOf({...TUNE, earlyStopping: 'decay-curve'}).decayCurveStoppingSpec, {});
  });

  it('says nothing that the local cloud refuses', () => {
    const kinds = tuneSchema.parse({
      ...TUNE,
      earlyStopping: 'median',
      parameters: {
        model: {categorical: ['tree', 'line']},
        depth: {integer: [1, 8], scale: 'log', when: {model: ['tree']}},
        alpha: {double: [0.1, 1], when: {depth: [2]}},
        rate: {discrete: [1, 2]},
      },
    });

    assert.doesNotThrow(() => parseRequest(localStudySpec, studySpecOf(kinds)));
  });
});
