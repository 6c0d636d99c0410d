import assert from 'node:assert/strict';
import {evaluationSchema} from '../../../../shared/domain/gate/evaluation.ts';
import {doubledMetric, impossibleMetric} from '../../../../shared/domain/gate/metric-faults.ts';

function evaluation(metrics: object, champion?: object) {
  const model = {file: 'model.joblib', sha256: 'a'.repeat(64), bytes: 5};
  return evaluationSchema.parse({rows: 6, metrics, model, ...(champion && {champion: {metrics: champion}})});
}

describe('doubledMetric', () => {
  it('finds a name that is there twice, of either model', () => {
    assert.equal(doubledMetric('{"metrics": {"a": 1, "b": 2,\n "a" : 3}}'), 'a');
    assert.equal(doubledMetric('{"metrics": {"a": 1}, "champion": {"metrics": {"b": 1, "b": 1}}}'), 'b');
  });

  it('finds none where names differ, or are in different maps', () => {
    for (const text of [
      '{}',
      '{"metrics": {}}',
      '{"metrics": {"a": 1, "b": 1}, "champion": {"metrics": {"a": 1}}}',
    ])
      assert.equal(doubledMetric(text), undefined);
  });
});

describe('impossibleMetric', () => {
  it('finds a share outside 0 and 1, of either model', () => {
    assert.deepEqual(impossibleMetric(evaluation({accuracy: 1.7})), ['accuracy', 1.7]);
    assert.deepEqual(impossibleMetric(evaluation({f1: 0.5}, {recall: -0.1})), ['recall', -0.1]);
    assert.deepEqual(impossibleMetric(evaluation({majority_class_share: 2})), ['majority_class_share', 2]);
  });

  it('lets the ends of the range be, and measures of another kind', () => {
    for (const metrics of [{accuracy: 0}, {accuracy: -0}, {accuracy: 1}, {log_loss: 7}, {r2: -3}])
      assert.equal(impossibleMetric(evaluation(metrics)), undefined);
  });
});
