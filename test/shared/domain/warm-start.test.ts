import assert from 'node:assert/strict';
import type {Run} from '../../../shared/domain/run.ts';
import {jobToResume, warmStartSentence} from '../../../shared/domain/warm-start.ts';
import {played, runOf} from '../../support/story.ts';

/** A run that has tuned, as another of the same pipeline. */
async function tuned(id: string): Promise<Run> {
  const {world, runId} = await played(5);
  const run = runOf(world, runId);
  return {...run, id, tuning: {...run.tuning, job: `jobs/${id}`}};
}

function withTune(run: Run, changes: object): Run {
  const {digest, pipeline} = run.definition!;
  return {...run, definition: {digest, pipeline: {...pipeline, tune: {...pipeline.tune, ...changes}}}};
}

describe('jobToResume', () => {
  it('takes the latest search that found something', async () => {
    const [mine, newer, older] = [await tuned('r3'), await tuned('r2'), await tuned('r1')];
    const {tuning: _, ...searching} = newer;

    assert.equal(jobToResume(mine, [mine, newer, older]), 'jobs/r2');
    assert.equal(jobToResume(mine, [{...searching, tuning: {job: 'jobs/r2'}}, older]), 'jobs/r1');
  });

  it('takes one with other limits, whose parameters stand in another order', async () => {
    const parameters = {alpha: {double: [0.1, 1] as const}, depth: {integer: [1, 3] as const}};
    const {alpha, depth} = parameters;
    const mine = withTune(await tuned('r2'), {parameters});

    const earlier = withTune(await tuned('r1'), {
      parameters: {depth, alpha},
      maxTrials: 50,
      algorithm: 'random',
    });
    assert.equal(jobToResume(mine, [earlier]), 'jobs/r1');
  });

  const others: Readonly<Record<string, object>> = {
    'other parameters': {parameters: {alpha: {double: [0.1, 2]}}},
    'another metric': {metric: 'f1'},
    'another goal': {goal: 'minimize'},
  };
  for (const [what, changes] of Object.entries(others)) {
    it(`takes none that had ${what}`, async () => {
      assert.equal(jobToResume(await tuned('r2'), [withTune(await tuned('r1'), changes)]), undefined);
    });
  }

  it('takes none of another platform, none that was not defined, and never its own', async () => {
    const mine = await tuned('r2');
    const earlier = await tuned('r1');
    const {digest, pipeline} = earlier.definition!;
    const {definition: _, ...undefinedRun} = earlier;

    const runs = [
      mine,
      {...earlier, definition: {digest, pipeline: {...pipeline, platform: 'ai-platform' as const}}},
      undefinedRun,
    ];
    assert.equal(jobToResume(mine, runs), undefined);
  });
});

describe('warmStartSentence', () => {
  it('says where a search began that wanted a warm start, and nothing of any other', () => {
    assert.deepEqual(warmStartSentence({warmStart: true}, 'projects/p/jobs/r1_tune_a1'), [
      'the search went on from the trials of r1_tune_a1',
    ]);
    assert.match(warmStartSentence({warmStart: true}, undefined).join(), /^the search began anew/);
    assert.deepEqual(warmStartSentence({warmStart: false}, undefined), []);
    assert.deepEqual(warmStartSentence({}, undefined), []);
  });
});
