import assert from 'node:assert/strict';
import {lineageOf} from '../../../shared/domain/lineage.ts';
import {played, runOf} from '../../support/story.ts';

/** As Google Cloud takes label values. */
const LABEL_VALUE = /^[a-z0-9_-]{0,63}$/;

async function trainedRun() {
  const {world, runId} = await played(6);
  return runOf(world, runId);
}

describe('the lineage of a model version', () => {
  it('names the data, the split, the image, the trial and the metrics in full', async () => {
    const run = await trainedRun();

    const {description} = lineageOf(run, 'first version: accuracy 0.9 on 6 test rows');

    assert.deepEqual(description.split('\n'), [
      'first version: accuracy 0.9 on 6 test rows',
      `run: ${run.id}`,
      `data: gs://the-data/flowers/data/flowers.csv#${run.input.generation}`,
      `manifest: sha256:${run.split?.manifestSha256}`,
      `image: ${run.image?.uri}`,
      'trial: 2',
      'parameters: alpha 0.01',
      'metrics: accuracy 0.9',
    ]);
  });

  it('is found by labels that Google Cloud takes', async () => {
    const run = await trainedRun();

    const {labels} = lineageOf(run, 's');

    assert.deepEqual(labels, {
      millrace_generation: run.input.generation,
      millrace_manifest: run.split?.manifestSha256.slice(0, 32),
      millrace_image: 'b'.repeat(32),
      millrace_trial: '2',
    });
    assert.ok(Object.values(labels).every((value) => LABEL_VALUE.test(value ?? '')));
  });

  it('leaves out what a run has not', async () => {
    const {split: _, tuning: _best, image: _image, ...run} = await trainedRun();

    const {labels, description} = lineageOf(run, 's');

    assert.deepEqual(labels, {millrace_generation: run.input.generation});
    assert.doesNotMatch(description, /manifest|image|trial|parameters/);
  });
});
