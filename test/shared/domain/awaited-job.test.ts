import assert from 'node:assert/strict';
import {awaitedKindOf} from '../../../shared/domain/awaited-job.ts';
import {runSchema} from '../../../shared/domain/run.ts';

describe('awaitedKindOf', () => {
  it('is the kind of the job that was started, or whose result has not been used', () => {
    const awaited = runSchema.shape.state.options.flatMap((state) => {
      const kind = awaitedKindOf(state);
      return kind === undefined ? [] : [`${state}: ${kind}`];
    });

    assert.deepEqual(awaited, ['tuning: tuning', 'tuned: tuning', 'training: training']);
  });
});
