import assert from 'node:assert/strict';
import {runIdOf} from '../../../shared/domain/ids.ts';
import {RERUN_STAGES} from '../../../shared/domain/run.ts';
import {BUCKETS, type World} from '../../support/memory-ports.ts';
import {CALLER, ended, post} from '../../support/requests.ts';
import {settled} from '../../support/services.ts';
import {IMAGE_TAG, PIPELINE_YAML, played, push, putObject, runOf} from '../../support/story.ts';

describe('rerun', () => {
  for (const from of RERUN_STAGES) {
    it(`from ${from} makes a run of its own that comes to its end`, async () => {
      const {world, runId, input} = await ended();
      const before = runOf(world, runId);

      const id = await post({action: 'rerun', run: runId, from}, world);

      assert.equal(id, runIdOf({...input, epoch: 1}));
      assert.deepEqual([runOf(world, id).parent, runOf(world, id).from], [runId, from]);
      await settled(world);
      assert.equal(runOf(world, id).state, 'released', JSON.stringify(runOf(world, id)));
      assert.deepEqual(runOf(world, runId), before);
    });
  }

  /** How many builds, tuning and training jobs there are once the rerun has ended; the run before has had one of each. */
  const paid: Record<string, [number, number]> = {
    split: [2, 2],
    build: [2, 2],
    tune: [2, 2],
    train: [1, 2],
    release: [1, 1],
  };
  for (const [from, [tuning, training]] of Object.entries(paid)) {
    it(`from ${from} pays for nothing that comes before`, async () => {
      const {world, runId} = await ended();

      await post({action: 'rerun', run: runId, from}, world);
      await settled(world);

      const kinds = [...world.jobs.values()].map(({kind}) => kind);
      assert.deepEqual(
        [
          kinds.filter((kind) => kind === 'tuning').length,
          kinds.filter((kind) => kind === 'training').length,
          world.builds.size,
        ],
        [tuning, training, 1],
      );
    });
  }

  it('begins at the split unless told otherwise, by the pipeline.yaml of now', async () => {
    const {world, runId} = await ended();
    await push(world, PIPELINE_YAML.replace('accuracy: 0.5', 'accuracy: 0.99'));

    const id = await post({action: 'rerun', run: runId}, world);
    await settled(world);

    assert.equal(runOf(world, id).from, 'split');
    assert.equal(runOf(world, id).state, 'rejected');
  });

  it('judges again by other rules when the gate is overridden', async () => {
    const {world, runId} = await ended();
    const overrides = {gate: {minimum: {accuracy: 0.99}}};

    const id = await post({action: 'rerun', run: runId, from: 'release', overrides}, world);
    await settled(world);

    const gate = runOf(world, runId).definition?.pipeline.gate;
    assert.deepEqual(runOf(world, id).definition?.pipeline.gate, {...gate, minimum: {accuracy: 0.99}});
    assert.equal(runOf(world, id).state, 'rejected');
  });

  it('splits by overrides, put over the pipeline.yaml of now', async () => {
    const {world, runId} = await ended();

    const id = await post({action: 'rerun', run: runId, overrides: {split: {salt: 'other'}}}, world);
    await settled(world);

    const {definition} = runOf(world, id);
    assert.deepEqual([definition?.pipeline.split.salt, definition?.pipeline.split.buckets], ['other', 10]);
    assert.notEqual(definition?.digest, runOf(world, runId).definition?.digest);
  });

  const refusedOverrides: [string, object, string, RegExp][] = [
    [
      'tune',
      {split: {salt: 'x'}},
      'OVERRIDE_REFUSED',
      /from tune takes tune, budget, train, gate, serve, retry, platform, not split/,
    ],
    ['release', {tune: {maxTrials: 9}}, 'OVERRIDE_REFUSED', /takes gate, serve, retry, not tune/],
    ['split', {name: 'roses'}, 'OVERRIDE_REFUSED', /not name/],
    ['tune', {tune: {maxTrails: 9}}, 'CONFIG_INVALID', /tune\.maxTrails .* did you mean maxTrials/],
    ['tune', {tune: {maxTrials: 0}}, 'CONFIG_INVALID', /tune\.maxTrials/],
    ['tune', {tune: null}, 'CONFIG_INVALID', /tune/],
  ];
  for (const [from, overrides, code, message] of refusedOverrides) {
    it(`from ${from} refuses ${JSON.stringify(overrides)}`, async () => {
      const {world, runId} = await ended();

      await assert.rejects(post({action: 'rerun', run: runId, from, overrides}, world), (error) => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.match(error.message, message);
        return error.code === code;
      });
      assert.equal(world.runs.size, 1);
    });
  }

  const damages: Record<string, [string, (world: World, runId: string) => void]> = {
    'the manifest was changed': [
      'build',
      (world, runId) => putObject(world, `flowers/${runId}/split/manifest.json`, Buffer.from('{}')),
    ],
    'a part was changed': [
      'tune',
      (world, runId) => putObject(world, `flowers/${runId}/split/training.csv`, Buffer.from('a,b')),
    ],
    'a part is gone': [
      'train',
      (world, runId) => world.objects.delete(`${BUCKETS.runs}/flowers/${runId}/split/test.csv`),
    ],
    'the image is gone': ['tune', (world) => world.images.delete(IMAGE_TAG)],
    'the image was built anew': ['train', (world) => world.images.set(IMAGE_TAG, `sha256:${'d'.repeat(64)}`)],
    'the model was changed': [
      'release',
      (world, runId) => putObject(world, `flowers/${runId}/train/model/model.joblib`, Buffer.from('m0del')),
    ],
    'the model is gone': [
      'release',
      (world, runId) => world.objects.delete(`${BUCKETS.runs}/flowers/${runId}/train/model/model.joblib`),
    ],
    'the run never came so far': [
      'release',
      (world, runId) => {
        const {training: _, ...run} = runOf(world, runId);
        world.runs.set(runId, {...run, state: 'failed'});
      },
    ],
  };
  for (const [what, [from, damage]] of Object.entries(damages)) {
    it(`from ${from} is refused when ${what}`, async () => {
      const {world, runId} = await ended();
      damage(world, runId);

      await assert.rejects(post({action: 'rerun', run: runId, from}, world), {code: 'STAGE_INPUT_MISSING'});
      assert.equal(world.runs.size, 1);
    });
  }

  it('can be run again itself', async () => {
    const {world, runId, input} = await ended();
    const second = await post({action: 'rerun', run: runId, from: 'train'}, world);
    await settled(world);

    const third = await post({action: 'rerun', run: second, from: 'release'}, world);
    await settled(world);

    assert.deepEqual(runOf(world, third).input, {...input, epoch: 2});
    assert.deepEqual([runOf(world, third).parent, runOf(world, third).state], [second, 'released']);
  });

  it('comes to one run although it dies before any of its effects', async () => {
    for (let fatal = 0; ; fatal++) {
      const {world, runId, input} = await ended();
      let effects = 0;
      world.beforeEffect = (name) => {
        if (effects++ === fatal) throw new Error(`crash before ${name}`);
      };
      const body = {action: 'rerun', run: runId, from: 'tune'};
      const survived = await post(body, world, 'the-key').then(
        () => true,
        () => false,
      );
      world.beforeEffect = () => {};

      assert.equal(await post(body, world, 'the-key'), runIdOf({...input, epoch: 1}));
      assert.equal(world.runs.size, 2, `crash before effect ${fatal}`);
      assert.ok(world.messages.some(({topic}) => topic === 'image-ready'));
      if (!survived) continue;
      assert.equal(fatal, 5);
      break;
    }
  });

  it('gives each request an epoch of its own', async () => {
    const {world, runId, input} = await ended();

    const ids = [
      await post({action: 'rerun', run: runId}, world),
      await post({action: 'rerun', run: runId}, world),
    ];

    assert.deepEqual(
      ids,
      [1, 2].map((epoch) => runIdOf({...input, epoch})),
    );
  });
});

describe('rerun of a run that has not ended', () => {
  it('is refused', async () => {
    const {world, runId} = await played(4);

    await assert.rejects(post({action: 'rerun', run: runId}, world), {
      code: 'RUN_ACTIVE',
      message: /is still tuning/,
    });
    assert.deepEqual([world.runs.size, runOf(world, runId).cancelRequested], [1, undefined]);
  });

  it('asks it to end when forced, and begins at once', async () => {
    const {world, runId} = await played(4);

    const id = await post({action: 'rerun', run: runId, from: 'tune', force: true}, world);

    assert.deepEqual(
      [runOf(world, runId).cancelRequested?.by, runOf(world, runId).cancelRequested?.reason],
      [CALLER, `rerun as ${id}`],
    );
    assert.equal(runOf(world, id).state, 'built');
  });

  it('does not ask it to end when the rerun itself is refused', async () => {
    const {world, runId} = await played(4);
    const body = {action: 'rerun', run: runId, from: 'release', force: true};

    await assert.rejects(post(body, world), {code: 'STAGE_INPUT_MISSING'});
    assert.equal(runOf(world, runId).cancelRequested, undefined);
  });
});
