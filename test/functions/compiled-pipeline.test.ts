import assert from 'node:assert/strict';
import {isDeepStrictEqual} from 'node:util';
import {completeJob} from '../../functions/complete-job.ts';
import {sha256Hex} from '../../shared/domain/ids.ts';
import {OFFERED} from '../../shared/domain/trainer-arguments.ts';
import {jobEnded, published} from '../support/events.ts';
import {BUCKETS, memoryPorts} from '../support/memory-ports.ts';
import {deliver, erase, exportModel, played, runOf, tuningSucceeds} from '../support/story.ts';

const stage = erase(completeJob);
const TUNING = '1000';

function specWith(parameters: object): string {
  const texts = [...OFFERED.needed, 'admission_object'].map((name) => [name, {parameterType: 'STRING'}]);
  return JSON.stringify({
    schemaVersion: '2.1.0',
    deploymentSpec: {executors: {train: {container: {image: 'millrace/trainer'}}}},
    root: {inputDefinitions: {parameters: {...Object.fromEntries(texts), ...parameters}}},
  });
}

const piped = specWith({alpha: {parameterType: 'NUMBER_DOUBLE'}});

describe('complete-job of a tuning job with a compiled pipeline', () => {
  /** The tuning has succeeded, and the definition names a pipeline by the digest of `named`; in the bucket lies `text`. */
  async function tuned(text: string, named = text) {
    const {world, runId} = await played(4);
    tuningSucceeds(world);
    const run = runOf(world, runId);
    const {definition} = run;
    assert.ok(definition);
    const name = `trainer/${sha256Hex(named)}.json`;
    const trainer = {...definition.pipeline.trainer, kind: 'pipeline' as const, spec: name};
    world.runs.set(runId, {...run, definition: {...definition, pipeline: {...definition.pipeline, trainer}}});
    await memoryPorts(world).objects.put(BUCKETS.data, `flowers/${name}`, text);
    return {world, runId};
  }

  it('starts it once, with the split, the best parameters and the folder for the model', async () => {
    const {world, runId} = await tuned(piped);

    await deliver(stage, jobEnded(TUNING), world);
    await deliver(stage, jobEnded(TUNING), world);

    const job = `${runId}-train-1`;
    const {spec: started, ...request} = world.pipelines.get(job)!;
    assert.deepEqual([...world.pipelines.keys()], [job]);
    assert.equal(started.deploymentSpec.executors.train?.container?.image, runOf(world, runId).image?.uri);
    assert.deepEqual(request.parameters, {
      training_dataset_path: `gs://the-runs/flowers/${runId}/split/training.csv`,
      test_dataset_path: `gs://the-runs/flowers/${runId}/split/test.csv`,
      model_dir: `gs://the-runs/flowers/${runId}/train/model/`,
      alpha: 0.01,
      admission_object: `gs://the-admissions/${runId}-train/a1`,
    });
    assert.equal(runOf(world, runId).training?.job, `projects/1/locations/l/pipelineJobs/${job}`);
  });

  it('has it watched as the pipeline job that it is', async () => {
    const {world, runId} = await tuned(piped);

    await deliver(stage, jobEnded(TUNING), world);

    const watched = [...world.executions.values()].map(({argument}) => argument);
    const name = `projects/1/locations/l/pipelineJobs/${runId}-train-1`;
    assert.ok(watched.some((argument) => isDeepStrictEqual(argument, {kind: 'pipeline', name})));
  });

  it('reads the export once it has ended', async () => {
    const {world, runId} = await tuned(piped);
    await deliver(stage, jobEnded(TUNING), world);
    const id = `${runId}-train-1`;
    exportModel(world, runId);
    world.jobs.set(id, {...world.jobs.get(id)!, state: 'succeeded'});

    await deliver(stage, published('job-complete', {resource: {labels: {pipeline_job_id: id}}}), world);

    assert.equal(runOf(world, runId).state, 'trained');
  });

  const padded = piped + ' '.repeat(4 * 1024 * 1024);
  const refusals: [string, string, string, string][] = [
    ['was changed after the push', `${piped} `, piped, 'PIPELINE_SPEC'],
    ['does not take a hyperparameter', specWith({}), specWith({}), 'PIPELINE_INPUTS'],
    ['is no pipeline', '{}', '{}', 'PIPELINE_SPEC'],
    ['is cut off', piped.slice(0, -1), piped.slice(0, -1), 'PIPELINE_SPEC'],
    ['is YAML', 'root: {}', 'root: {}', 'PIPELINE_SPEC'],
    ['is larger than a function should hold', padded, padded, 'PIPELINE_SPEC'],
  ];
  for (const [what, text, named, code] of refusals) {
    it(`closes the run when it ${what}`, async () => {
      const {world, runId} = await tuned(text, named);

      await deliver(stage, jobEnded(TUNING), world);

      assert.equal(runOf(world, runId).failure?.code, code);
      assert.equal(world.pipelines.size, 0);
    });
  }
});
