import assert from 'node:assert/strict';
import type {EffectRecord} from '../../../shared/domain/effect.ts';
import type {Run, RunState} from '../../../shared/domain/run.ts';
import {strayReason} from '../../../shared/domain/stray-job.ts';

const JOB = {name: 'jobs/1', attempt: 2};

function runIn(state: RunState): Run {
  const input = {bucket: 'b', name: 'n', generation: '1', epoch: 0};
  return {id: 'r1', pipeline: 'p', state, rev: 1, input, createdAt: '', updatedAt: '', history: []};
}

function effect(changes: Partial<EffectRecord> = {}): EffectRecord {
  return {attempt: 2, sentAtMs: 0, refused: false, ...changes};
}

describe('a job under way', () => {
  it('may go on when its effect names it', () => {
    assert.equal(strayReason(JOB, runIn('tuning'), effect({resource: 'jobs/1'})), undefined);
  });

  it('may go on while its attempt is the current one and nobody knows what came of it', () => {
    assert.equal(strayReason(JOB, runIn('built'), effect()), undefined);
  });

  it('may go on when nothing is on record about its effect', () => {
    assert.equal(strayReason(JOB, runIn('built'), undefined), undefined);
  });

  it('is left alone when no run here knows it: it may be of another deployment', () => {
    assert.equal(strayReason(JOB, undefined, undefined), undefined);
  });

  for (const state of ['failed', 'cancelled', 'superseded', 'rejected', 'released'] as const) {
    it(`is an orphan when its run is ${state}, also when it is the one on record`, () => {
      assert.equal(strayReason(JOB, runIn(state), effect({resource: 'jobs/1'})), 'orphan');
    });
  }

  it('is a duplicate when its effect names another', () => {
    assert.equal(strayReason(JOB, runIn('tuning'), effect({resource: 'jobs/2'})), 'duplicate');
  });

  it('is a duplicate when a later attempt was opened', () => {
    assert.equal(strayReason(JOB, runIn('built'), effect({attempt: 3})), 'duplicate');
  });

  it('is a duplicate when its own attempt was given up', () => {
    assert.equal(strayReason(JOB, runIn('built'), effect({refused: true})), 'duplicate');
  });

  it('without an attempt on its label counts as the oldest', () => {
    assert.equal(strayReason({name: 'jobs/1'}, runIn('built'), effect()), 'duplicate');
  });
});
