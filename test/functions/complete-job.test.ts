import assert from 'node:assert/strict';
import {completeJob} from '../../functions/complete-job.ts';
import {searchOf} from '../../shared/domain/warm-start.ts';
import {PermanentError, RetryableError} from '../../shared/errors.ts';
import type {Job} from '../../shared/job-ports.ts';
import {jobEnded, published} from '../support/events.ts';
import type {World} from '../support/memory-ports.ts';
import {
  deliver,
  erase,
  exportModel,
  played,
  runOf,
  trainingSucceeds,
  tuningSucceeds,
} from '../support/story.ts';

const stage = erase(completeJob);
const TUNING = '1000';
const TRAINING = '1001';

/** The tuning job runs. */
const tuning = () => played(4);
/** The training job runs. */
const training = () => played(5);

function change(world: World, id: string, changes: Partial<Job>): void {
  world.jobs.set(id, {...world.jobs.get(id)!, ...changes});
}

describe('complete-job of a tuning job', () => {
  it('trains again with the best parameters, on an output folder of its own', async () => {
    const {world, runId} = await tuning();
    tuningSucceeds(world);

    await deliver(stage, jobEnded(TUNING), world);

    const run = runOf(world, runId);
    assert.equal(run.state, 'training');
    const {pipeline} = run.definition ?? {};
    assert.deepEqual(run.tuning, {
      job: 'projects/1/locations/l/tuning/1000',
      search: pipeline && searchOf(pipeline),
      best: {id: '2', parameters: {alpha: 0.01}, metric: 0.9},
      why: 'trial 2 has the highest metric, 0.9 (next is trial 1 with 0.8)',
    });
    assert.deepEqual(run.training, {
      job: 'projects/1/locations/l/training/1001',
      modelDir: `gs://the-runs/flowers/${runId}/train/model/`,
    });
    assert.deepEqual(world.requests.get(TRAINING), {
      runId,
      effectKey: `${runId}-train`,
      attempt: 1,
      image: run.image?.uri,
      args: [
        `--training_dataset_path=gs://the-runs/flowers/${runId}/split/training.csv`,
        `--validation_dataset_path=gs://the-runs/flowers/${runId}/split/validation.csv`,
        '--label=species',
        `--test_dataset_path=gs://the-runs/flowers/${runId}/split/test.csv`,
        '--alpha=0.01',
        '--nohptune',
        `--admission_object=gs://the-admissions/${runId}-train/a1`,
      ],
      machineType: 'n1-standard-4',
      outputUri: `gs://the-runs/flowers/${runId}/train`,
    });
  });

  it('shows the trainer the champion to be compared with', async () => {
    const {world} = await tuning();
    tuningSucceeds(world);
    const champion = {
      name: 'flowers@3',
      version: '3',
      artifactUri: 'gs://the-runs/old/model/',
      effectKey: 'r0-version',
      attempt: 1,
    };
    world.versions.set(champion.name, champion);
    world.champions.set('flowers', '3');

    await deliver(stage, jobEnded(TUNING), world);

    assert.ok(world.requests.get(TRAINING)?.args.includes('--champion_model_dir=gs://the-runs/old/model/'));
  });

  it('goes on when the end of the job overtakes the record of its start', async () => {
    const {world, runId} = await tuning();
    const {tuning: _, ...run} = runOf(world, runId);
    world.runs.set(runId, {...run, state: 'built'});
    tuningSucceeds(world);

    await deliver(stage, jobEnded(TUNING), world);

    assert.equal(runOf(world, runId).state, 'training');
    assert.deepEqual(
      runOf(world, runId)
        .history.slice(-3)
        .map(({state}) => state),
      ['tuning', 'tuned', 'training'],
    );
  });

  it('fails the run when Vertex AI will never accept the training job', async () => {
    const {world, runId} = await tuning();
    tuningSucceeds(world);
    world.beforeEffect = (name) => {
      if (name === 'start training') throw new PermanentError('SERVICE_REFUSED', 'quota of zero');
    };

    await deliver(stage, jobEnded(TUNING), world);

    assert.deepEqual(runOf(world, runId).failure, {
      stage: 'complete-job',
      code: 'SERVICE_REFUSED',
      message: 'quota of zero',
    });
  });

  it('leaves it to the workflow to start the training job later', async () => {
    const {world, runId} = await tuning();
    tuningSucceeds(world);
    world.beforeEffect = (name) => {
      if (name === 'start training') throw new RetryableError('503');
    };

    await deliver(stage, jobEnded(TUNING), world);

    assert.equal(runOf(world, runId).state, 'tuned');
    assert.deepEqual(world.executions.get(`${runId}-complete-job-1`), {
      workflow: 'retry-stage',
      argument: {run: runId, stage: 'complete-job', failures: 1},
    });
  });

  it('ignores the end of a tuning job once its run trains or has ended', async () => {
    for (const state of ['training', 'trained', 'released', 'failed'] as const) {
      const {world, runId} = await tuning();
      change(world, TUNING, {state: 'failed'});
      world.runs.set(runId, {...runOf(world, runId), state});

      await deliver(stage, jobEnded(TUNING), world);

      assert.equal(runOf(world, runId).state, state);
      assert.equal(world.jobs.size, 1);
    }
  });
});

describe('complete-job of a training job', () => {
  it('verifies the export, records its metrics and announces the model', async () => {
    const {world, runId} = await training();
    trainingSucceeds(world, runId);

    await deliver(stage, jobEnded(TRAINING), world);

    const {state, training: facts} = runOf(world, runId);
    assert.equal(state, 'trained');
    assert.deepEqual(facts?.metrics, {accuracy: 0.9});
    assert.deepEqual(world.messages.at(-1), {topic: 'model-exported', runId});
  });

  it('announces the model again on redelivery', async () => {
    const {world, runId} = await training();
    trainingSucceeds(world, runId);

    await deliver(stage, jobEnded(TRAINING), world);
    await deliver(stage, jobEnded(TRAINING), world);

    assert.equal(world.messages.filter(({topic}) => topic === 'model-exported').length, 2);
  });

  it('goes on when the end of the job overtakes the record of its start', async () => {
    const {world, runId} = await training();
    const {training: _, ...run} = runOf(world, runId);
    world.runs.set(runId, {...run, state: 'tuned'});
    trainingSucceeds(world, runId);

    await deliver(stage, jobEnded(TRAINING), world);

    assert.equal(runOf(world, runId).state, 'trained');
  });

  it('believes the bucket, not the state of the job', async () => {
    const {world, runId} = await training();
    change(world, TRAINING, {state: 'succeeded'});

    await deliver(stage, jobEnded(TRAINING), world);

    assert.equal(runOf(world, runId).failure?.code, 'EXPORT_MISSING');
    assert.equal(world.rejects.size, 0);
  });

  it('ignores the end of a training job once its run is judged', async () => {
    for (const state of ['releasing', 'rejected', 'failed'] as const) {
      const {world, runId} = await training();
      exportModel(world, runId);
      change(world, TRAINING, {state: 'failed'});
      world.runs.set(runId, {...runOf(world, runId), state});

      await deliver(stage, jobEnded(TRAINING), world);

      assert.equal(runOf(world, runId).state, state);
    }
  });
});

describe('complete-job of any job', () => {
  it('waits for the end when the log entry tells of something else', async () => {
    for (const state of ['waiting', 'running'] as const) {
      const {world, runId} = await tuning();
      change(world, TUNING, {state});

      await deliver(stage, jobEnded(TUNING), world);

      assert.equal(runOf(world, runId).state, 'tuning');
    }
  });

  it('passes over jobs that are none of ours', async () => {
    const {world, runId} = await tuning();
    change(world, TUNING, {state: 'failed'});
    const {runId: _, ...foreign} = world.jobs.get(TUNING)!;
    world.jobs.set(TUNING, foreign);

    await deliver(stage, jobEnded(TUNING), world);
    await deliver(stage, jobEnded('77'), world);

    assert.equal(runOf(world, runId).state, 'tuning');
    assert.equal(world.rejects.size, 0);
  });

  it('passes over a job whose run is not known', async () => {
    const {world} = await tuning();
    change(world, TUNING, {state: 'failed', runId: 'r0'});

    await deliver(stage, jobEnded(TUNING), world);

    assert.equal(world.outbox.length, 0);
  });

  it('refuses a log entry without a job', async () => {
    const {world} = await tuning();

    await deliver(stage, published('job-complete', {resource: {labels: {}}}), world);

    assert.equal([...world.rejects.values()][0]?.complaint.code, 'EVENT_INVALID');
  });
});
