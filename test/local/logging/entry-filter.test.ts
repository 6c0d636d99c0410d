import assert from 'node:assert/strict';
import {entryFilter} from '../../../local/logging/entry-filter.ts';

const ENTRY = {
  logName: 'projects/demo/logs/ml.googleapis.com%2F7',
  severity: 'INFO',
  resource: {type: 'ml_job', labels: {job_id: '7', task_name: 'service'}},
  textPayload: 'Job completed successfully.',
};

describe('entryFilter', () => {
  for (const filter of [
    'resource.type="ml_job"',
    'resource.type=ML_JOB AND textPayload:"COMPLETED"',
    'resource.labels.job_id!="8"',
    'NOT jsonPayload.message:"completed"',
    'severity>=INFO AND severity<ERROR AND severity!=NOTICE AND severity=info AND severity<=INFO AND severity>DEBUG',
    'resource.type="ml_job" AND resource.labels.task_name="service" AND (textPayload:"completed" OR jsonPayload.message:"completed" OR severity>=ERROR)',
  ]) {
    it(`takes the end of a job by ${filter}`, () => {
      assert.equal(entryFilter(filter)(ENTRY), true);
    });
  }

  for (const filter of [
    'resource.type="ml"',
    'textPayload="completed"',
    'severity>=ERROR',
    'jsonPayload.message!="x"',
    'resource.labels.job_id.deeper:"7"',
  ]) {
    it(`leaves it by ${filter}`, () => {
      assert.equal(entryFilter(filter)(ENTRY), false);
    });
  }

  it('takes an entry without severity for DEFAULT', () => {
    assert.equal(entryFilter('severity=DEFAULT')({}), true);
  });

  it('refuses a severity there is not, and order on anything else', () => {
    assert.throws(() => entryFilter('severity>=LOUD'), {
      status: 'INVALID_ARGUMENT',
      message: /not a severity/,
    });
    assert.throws(() => entryFilter('timestamp>="2026"'), {
      status: 'INVALID_ARGUMENT',
      message: /not for timestamp/,
    });
  });
});
