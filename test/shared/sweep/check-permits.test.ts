import assert from 'node:assert/strict';
import {releaseModel} from '../../../functions/release-model.ts';
import {deployedModelIdOf, effectKeyOf} from '../../../shared/domain/ids.ts';
import type {PermitKind} from '../../../shared/domain/permits.ts';
import {checkPermits} from '../../../shared/sweep/check-permits.ts';
import {challenged} from '../../support/challenger.ts';
import {published} from '../../support/events.ts';
import {memoryPorts, type World} from '../../support/memory-ports.ts';
import {
  buildSucceeds,
  deliver,
  dies,
  erase,
  IMAGE_TAG,
  play,
  played,
  runOf,
  STEPS,
} from '../../support/story.ts';

const COMPLAINT = {code: 'DEADLINE', message: 'late'};

function holders(world: World, kind: PermitKind): readonly string[] {
  return world.permits.get(kind)?.holders ?? [];
}

function check(world: World): Promise<{freed: number; woken: number}> {
  return checkPermits(memoryPorts(world));
}

describe('checking permits', () => {
  for (const [kind, steps] of [
    ['build', 2],
    ['tuning', 4],
    ['training', 5],
  ] as const) {
    it(`leaves a permit for ${kind} with who needs it`, async () => {
      const {world} = await played(steps);

      assert.deepEqual(await check(world), {freed: 0, woken: 0});
      assert.equal(holders(world, kind).length, 1);
    });
  }

  it('takes a permit back from a run that has gone on', async () => {
    const {world, runId} = await played(5);
    await memoryPorts(world).permits.take('tuning', runId);

    assert.deepEqual(await check(world), {freed: 1, woken: 0});
    assert.deepEqual(holders(world, 'tuning'), []);
  });

  it('takes a permit back from a run that has ended, once its job has', async () => {
    const {world, runId} = await played(4);
    const {runs, platforms} = memoryPorts(world);
    await runs.fail(runId, 'sweep', COMPLAINT);
    assert.deepEqual(await check(world), {freed: 0, woken: 0}, 'the job still uses the quota');

    for (const {name} of world.jobs.values()) await platforms.vertex.jobs.cancel(name);

    assert.deepEqual(await check(world), {freed: 1, woken: 0});
  });

  it('leaves a permit with an ended run whose job works although nobody wrote its name down', async () => {
    const {world, runId} = await played(4);
    const key = effectKeyOf(runId, 'tune');
    const {resource: _, ...unnamed} = world.effects.get(key) ?? assert.fail('nothing was begun');
    world.effects.set(key, unnamed);
    await memoryPorts(world).runs.fail(runId, 'sweep', COMPLAINT, {});

    assert.deepEqual(await check(world), {freed: 0, woken: 0});
  });

  it('takes a permit back from a run that ended before it had a job', async () => {
    const {world, runId} = await played(3);
    const {permits, runs} = memoryPorts(world);
    await permits.take('tuning', runId);
    await runs.fail(runId, 'start-tuning', COMPLAINT);

    assert.deepEqual(await check(world), {freed: 1, woken: 0});
  });

  it('takes a permit back from a run that nobody knows', async () => {
    const {world} = await played(0);
    await memoryPorts(world).permits.take('training', 'r-unknown');

    assert.deepEqual(await check(world), {freed: 1, woken: 0});
  });

  it('takes the permit back for an image that is built', async () => {
    const {world} = await played(2);
    buildSucceeds(world);

    assert.deepEqual(await check(world), {freed: 1, woken: 0});
    assert.deepEqual(holders(world, 'build'), []);
  });

  it('takes the permit back for an image that nobody waits for', async () => {
    const {world} = await played(0);
    await memoryPorts(world).permits.take('build', IMAGE_TAG);

    assert.deepEqual(await check(world), {freed: 1, woken: 0});
  });

  it('wakes those whose turn it is, and nobody else', async () => {
    const {world, runId} = await played(3);
    const {permits} = memoryPorts(world);
    for (const gone of ['a', 'b', 'c']) await permits.take('tuning', gone);
    await play(STEPS[3]!, world, runId);
    world.messages.length = 0;

    assert.deepEqual(await check(world), {freed: 3, woken: 1});
    assert.deepEqual(world.messages, [{topic: 'image-ready', runId}]);
  });

  it('moves those out of the line who will never come', async () => {
    const {world, runId} = await played(3);
    const {permits, runs} = memoryPorts(world);
    for (const other of ['a', 'b', 'c']) await permits.take('tuning', other);
    await play(STEPS[3]!, world, runId);
    await runs.fail(runId, 'sweep', COMPLAINT);
    await permits.free('tuning', 'a');

    await check(world);

    assert.deepEqual(world.permits.get('tuning')?.line, []);
  });

  it('takes down who answered before, when the release was told and then died', async () => {
    const {world, runId, earlier} = await challenged();
    dies(world, (effect) => effect === 'undeploy from flowers');
    await assert.rejects(
      deliver(erase(releaseModel), published('model-exported', {runId}), world),
      /crash before/,
    );
    world.beforeEffect = () => {};
    assert.equal(runOf(world, runId).state, 'released');
    assert.ok(world.endpoints.get('flowers')?.deployed.some(({id}) => id === earlier));

    await checkPermits(memoryPorts(world));

    const endpoint = world.endpoints.get('flowers');
    assert.deepEqual(
      endpoint?.deployed.map(({id}) => [id, endpoint.traffic[id]]),
      [[deployedModelIdOf(runId), 100]],
    );
  });

  it('lets no holder keep the others from giving their permits back, or from being woken', async () => {
    const {world, runId} = await played(3);
    const ports = memoryPorts(world);
    for (const gone of ['unreadable', 'a', 'b']) await ports.permits.take('tuning', gone);
    await play(STEPS[3]!, world, runId);
    await ports.permits.take('release-flowers', 'gone');
    world.messages.length = 0;
    const find: typeof ports.runs.find = async (id) => {
      if (id === 'unreadable') throw new Error('no such state');
      return ports.runs.find(id);
    };

    await assert.rejects(checkPermits({...ports, runs: {...ports.runs, find}}), {message: 'no such state'});

    assert.deepEqual(holders(world, 'tuning'), ['unreadable', runId]);
    assert.deepEqual(holders(world, 'release-flowers'), []);
    assert.deepEqual(world.messages, [{topic: 'image-ready', runId}]);
  });
});
