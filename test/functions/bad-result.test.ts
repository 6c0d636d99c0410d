import assert from 'node:assert/strict';
import type {Job} from '../../shared/job-ports.ts';
import {assertSays, nextDrop, type Verdict} from '../support/bad-input.ts';
import {BUCKETS, type World} from '../support/memory-ports.ts';
import {dropped, type Endings} from '../support/services.ts';
import {DATA_CSV, exportModel, PIPELINE_YAML, push, pushedWorld, putObject} from '../support/story.ts';

const NAME = 'flowers/data/flowers.csv';
const MODEL = {file: 'model.joblib', sha256: 'c'.repeat(64), bytes: 5};
const OF_TUNING = /^projects\/1\/locations\/l\/tuning\/1000$/;
const OF_TRAINING = /^projects\/1\/locations\/l\/training\/1001$/;
const OF_EXPORT = /^gs:\/\/the-runs\/flowers\/r[0-9a-v]{26}\/train\/model\/$/;

interface BadResult extends Verdict {
  readonly endings: Partial<Endings>;
  /** What was started before it was known: one build, so many jobs. */
  readonly jobs: number;
}

function trials(...metrics: (number | undefined)[]): Job['trials'] {
  return metrics.map((metric, index) => ({
    id: String(index + 1),
    state: 'succeeded',
    parameters: {alpha: 0.1},
    ...(metric === undefined ? {} : {metric}),
  }));
}

/** A training job that succeeds and leaves this in place of its evaluation. */
function exporting(evaluation: object | string): Partial<Endings> {
  return {
    training(job, world) {
      const runId = job.runId ?? '';
      if (typeof evaluation === 'object') exportModel(world, runId, evaluation);
      else putObject(world, `flowers/${runId}/train/model/evaluation.json`, Buffer.from(evaluation));
      return {state: 'succeeded'};
    },
  };
}

const infeasible = {id: '1', state: 'infeasible', parameters: {alpha: 0.1}, why: 'exit code 1'} as const;
const failedTrial = {id: '2', state: 'failed', parameters: {}} as const;

const RESULTS: Readonly<Record<string, BadResult>> = {
  'the build failed': {
    endings: {build: () => ({state: 'failed', why: 'no such base image'})},
    jobs: 0,
    code: 'BUILD_FAILED',
    message: /^the image build failed: no such base image$/,
    where: /^build build-1$/,
  },
  'the tuning job failed': {
    endings: {tuning: () => ({state: 'failed', why: 'the replica exited with a non-zero status of 1'})},
    jobs: 1,
    code: 'TUNING_FAILED',
    message: /^the tuning job failed: the replica exited with a non-zero status of 1$/,
    where: OF_TUNING,
  },
  'the tuning job failed and only its trials know why': {
    endings: {tuning: () => ({state: 'failed', trials: [infeasible]})},
    jobs: 1,
    code: 'TUNING_FAILED',
    message: /^the tuning job failed: no reason given; trials: 1 infeasible \(exit code 1\)$/,
    where: OF_TUNING,
  },
  'the tuning job was cancelled': {
    endings: {tuning: () => ({state: 'cancelled', trials: trials(0.9)})},
    jobs: 1,
    code: 'TUNING_FAILED',
    message: /^the tuning job was cancelled: no reason given; trials: 1 finished$/,
    where: OF_TUNING,
  },
  'T6, T9: no trial gave a metric': {
    endings: {tuning: () => ({state: 'succeeded', trials: trials(Number.NaN, undefined, Number.NaN)})},
    jobs: 1,
    code: 'NO_FEASIBLE_TRIAL',
    message:
      /^none of 3 trials gave a finite "accuracy"; trials: 1 without a metric, 2 with a metric that is not finite$/,
    where: OF_TUNING,
  },
  'T9: every trial was infeasible or failed': {
    endings: {tuning: () => ({state: 'succeeded', trials: [infeasible, failedTrial]})},
    jobs: 1,
    code: 'NO_FEASIBLE_TRIAL',
    message: /^none of 2 trials gave a finite "accuracy"; trials: 1 infeasible \(exit code 1\), 1 failed$/,
    where: OF_TUNING,
  },
  'there was no trial': {
    endings: {tuning: () => ({state: 'succeeded'})},
    jobs: 1,
    code: 'NO_FEASIBLE_TRIAL',
    message: /^none of 0 trials/,
    where: OF_TUNING,
  },
  'the best trial lacks a parameter': {
    endings: {tuning: () => ({state: 'succeeded', trials: [{...trials(0.9)[0]!, parameters: {}}]})},
    jobs: 1,
    code: 'TRIAL_PARAMS',
    message: /^the best trial, 1, has no value for the parameter alpha$/,
    where: OF_TUNING,
  },
  'the best trial has a word for a number': {
    endings: {tuning: () => ({state: 'succeeded', trials: [{...trials(0.9)[0]!, parameters: {alpha: 'x'}}]})},
    jobs: 1,
    code: 'TRIAL_PARAMS',
    message: /^the best trial, 1, has the value "x" for the parameter alpha$/,
    where: OF_TUNING,
  },
  'the training job failed': {
    endings: {training: () => ({state: 'failed', why: 'out of memory'})},
    jobs: 2,
    code: 'TRAINING_FAILED',
    message: /^the training job failed: out of memory$/,
    where: OF_TRAINING,
  },
  'the training job was cancelled': {
    endings: {training: () => ({state: 'cancelled'})},
    jobs: 2,
    code: 'TRAINING_FAILED',
    message: /^the training job was cancelled: no reason given$/,
    where: OF_TRAINING,
  },
  'T1: the training job wrote no evaluation': {
    endings: {training: () => ({state: 'succeeded'})},
    jobs: 2,
    code: 'EXPORT_MISSING',
    message: /wrote no evaluation\.json/,
    where: OF_EXPORT,
  },
  'the evaluation is not JSON': {
    endings: exporting('accuracy = 0.9'),
    jobs: 2,
    code: 'EXPORT_INVALID',
    message: /not JSON/,
    where: OF_EXPORT,
  },
  'the evaluation has NaN': {
    endings: exporting('{"rows": 6, "metrics": {"accuracy": NaN}}'),
    jobs: 2,
    code: 'EXPORT_INVALID',
    message: /not JSON: .*NaN/,
    where: OF_EXPORT,
  },
  'the evaluation names a file elsewhere': {
    endings: exporting({model: {...MODEL, file: '../../../other/model.joblib'}}),
    jobs: 2,
    code: 'EXPORT_INVALID',
    message: /model\.file: /,
    where: OF_EXPORT,
  },
  'the model has another size than the evaluation says': {
    endings: exporting({model: {...MODEL, bytes: 4}}),
    jobs: 2,
    code: 'EXPORT_INVALID',
    message: /model\.joblib with 4 bytes, found 5/,
    where: OF_EXPORT,
  },
  'the evaluation is cut off': {
    endings: exporting('{"rows": 6, "metrics": {"accuracy": 0.9'),
    jobs: 2,
    code: 'EXPORT_INVALID',
    message: /not JSON/,
    where: OF_EXPORT,
  },
  'a metric is text': {
    endings: exporting({metrics: {accuracy: '0.9'}}),
    jobs: 2,
    code: 'EXPORT_INVALID',
    message: /metrics\.accuracy: .*number/,
    where: OF_EXPORT,
  },
  'a metric is too large for a number': {
    endings: exporting('{"rows": 6, "metrics": {"accuracy": 1e309}}'),
    jobs: 2,
    code: 'EXPORT_INVALID',
    message: /metrics\.accuracy: .*number/,
    where: OF_EXPORT,
  },
  'a metric is there twice': {
    endings: exporting(
      `{"rows": 6, "metrics": {"accuracy": 0.2, "accuracy": 0.9}, "model": ${JSON.stringify(MODEL)}}`,
    ),
    jobs: 2,
    code: 'METRIC_DUPLICATE',
    message: /^evaluation\.json has the metric accuracy twice$/,
    where: OF_EXPORT,
  },
  'an accuracy is above 1': {
    endings: exporting({metrics: {accuracy: 1.7}}),
    jobs: 2,
    code: 'METRIC_RANGE',
    message: /^evaluation\.json says accuracy 1\.7, which is no share$/,
    where: OF_EXPORT,
  },
  'the model is not the one that was scored': {
    endings: exporting({model: MODEL}),
    jobs: 2,
    code: 'EXPORT_DIGEST',
    message:
      /^model\.joblib is not the model that was scored: its SHA-256 is [0-9a-f]{64}, evaluation\.json says c{64}$/,
    where: OF_EXPORT,
  },
  'the model is empty': {
    endings: {
      training(job, world) {
        exportModel(world, job.runId ?? '', {model: {...MODEL, bytes: 0}});
        putObject(world, `flowers/${job.runId}/train/model/model.joblib`, Buffer.alloc(0));
        return {state: 'succeeded'};
      },
    },
    jobs: 2,
    code: 'EXPORT_SIZE',
    message: /^the model has 0 bytes$/,
    where: OF_EXPORT,
  },
};

function assertNotReleased(world: World, jobs: number): void {
  assert.equal(world.builds.size, 1);
  assert.equal(world.jobs.size, jobs);
  assert.equal(world.endpoints.size, 0);
  assert.equal(world.versions.size, 0);
  assert.ok(world.objects.has(`${BUCKETS.data}/${NAME}`));
  assert.equal(world.rejects.size, 0);
}

describe('a bad result', () => {
  for (const [title, {endings, jobs, ...verdict}] of Object.entries(RESULTS)) {
    it(`fails the run and starts nothing more: ${title}`, async () => {
      const world = await pushedWorld();

      const run = await dropped(world, NAME, DATA_CSV, endings);

      assert.equal(run.state, 'failed');
      assertSays(run.failure, verdict);
      assertNotReleased(world, jobs);
      assert.equal((await nextDrop(world)).state, 'released');
    });
  }
});

describe('a model that is not good enough', () => {
  it('is rejected below the minimum, and nothing is deployed', async () => {
    const world = await pushedWorld();

    const run = await dropped(world, NAME, DATA_CSV, exporting({metrics: {accuracy: 0.4}}));

    assert.equal(run.state, 'rejected');
    assert.equal(run.failure, undefined);
    assert.equal(run.release?.sentence, 'accuracy is 0.4 on 6 test rows, gate.minimum asks for 0.5');
    assertNotReleased(world, 2);
    assert.deepEqual(
      world.outbox.map(({topic, body}) => [topic, body.runId, body.sentence]),
      [['version-rejected', run.id, run.release.sentence]],
    );
    assert.equal((await nextDrop(world)).state, 'released');
  });

  it('is rejected when the champion is better, who goes on answering', async () => {
    const world = await pushedWorld();
    await dropped(world, 'flowers/data/first.csv', DATA_CSV);
    const served = [...world.endpoints];

    const run = await dropped(
      world,
      NAME,
      DATA_CSV,
      exporting({metrics: {accuracy: 0.8}, champion: {metrics: {accuracy: 0.9}}}),
    );

    assert.equal(run.state, 'rejected');
    assert.match(
      run.release?.sentence ?? '',
      /^kept version 1: accuracy 0\.8 against 0\.9 on the same 6 rows, which is worse$/,
    );
    assert.deepEqual([...world.endpoints], served);
    assert.equal(world.versions.size, 1);
    assert.equal((await nextDrop(world)).state, 'released');
  });

  it('is rejected when its gain is smaller than the pipeline asks for', async () => {
    const world = await pushedWorld();
    await dropped(world, 'flowers/data/first.csv', DATA_CSV);
    const minimum = 'gate: {minimum: {accuracy: 0.5}';
    await push(world, PIPELINE_YAML.replace(minimum, `${minimum}, beatChampion: {by: 0.1}`));

    const run = await dropped(
      world,
      NAME,
      DATA_CSV,
      exporting({metrics: {accuracy: 0.95}, champion: {metrics: {accuracy: 0.9}}}),
    );

    assert.equal(run.state, 'rejected');
    assert.match(run.release?.sentence ?? '', /needed a gain of 0\.1$/);
  });
});
