import assert from 'node:assert/strict';
import {awaitedJobOf} from '../../../shared/domain/awaited-job.ts';
import type {Run, RunState} from '../../../shared/domain/run.ts';

function jobOf(state: RunState, facts: Partial<Run> = {}): string | undefined {
  const input = {bucket: 'b', name: 'n', generation: '1', epoch: 0};
  const known = {id: 'r1', pipeline: 'p', rev: 1, input, createdAt: '', updatedAt: '', history: []};
  return awaitedJobOf({
    ...known,
    tuning: {job: 'projects/1/locations/l/hyperparameterTuningJobs/11'},
    training: {job: 'projects/1/locations/l/customJobs/22', modelDir: ''},
    ...facts,
    state,
  });
}

describe('the job that a run waits for', () => {
  it('is its tuning job, also while it waits to train', () => {
    assert.deepEqual([jobOf('tuning'), jobOf('tuned')], ['11', '11']);
  });

  it('is its training job when it trains', () => {
    assert.equal(jobOf('training'), '22');
  });

  it('is none before and after', () => {
    assert.deepEqual([jobOf('built'), jobOf('trained'), jobOf('failed')], [undefined, undefined, undefined]);
  });
});
