import assert from 'node:assert/strict';
import {releaseModel} from '../../../functions/release-model.ts';
import {deployedModelIdOf} from '../../../shared/domain/ids.ts';
import {settleEndpoint} from '../../../shared/settle-endpoint.ts';
import {checkPermits} from '../../../shared/sweep/check-permits.ts';
import {challenged, traffic} from '../../support/challenger.ts';
import {published} from '../../support/events.ts';
import {memoryPorts, type World} from '../../support/memory-ports.ts';
import {CALLER, post} from '../../support/requests.ts';
import {settled} from '../../support/services.ts';
import {deliver, dies, erase, exportModel, runOf} from '../../support/story.ts';

const stage = erase(releaseModel);
const REASON = 'worse in the evening';

/** Version 2 has replaced version 1. */
async function replaced(): Promise<{world: World; first: string; second: string}> {
  const {world, runId: second} = await challenged();
  await deliver(stage, published('model-exported', {runId: second}), world);
  const first = [...world.runs.values()].find(({release}) => release?.version === '1')?.id ?? '';
  world.messages.length = 0;
  return {world, first, second};
}

const ask = (world: World, run: string, key?: string) =>
  post({action: 'rollback', run, reason: REASON}, world, key);

describe('rollback', () => {
  it('deploys the earlier version again, asks it, gives it the traffic and crowns it', async () => {
    const {world, first} = await replaced();
    const uploaded = world.versions.size;

    const id = await ask(world, first);
    await settled(world);

    const {state, release, parent, restores} = runOf(world, id);
    assert.deepEqual([state, parent, restores?.by, restores?.reason], ['released', first, CALLER, REASON]);
    assert.deepEqual([release?.version, release?.replaces], ['1', '2']);
    assert.equal(release?.sentence, `rolled back to version 1 by ${CALLER}: ${REASON}`);
    assert.deepEqual(traffic(world), {[deployedModelIdOf(first)]: 100});
    assert.equal(world.champions.get('flowers'), '1');
    assert.equal(world.versions.size, uploaded);
  });

  it('does it once, however often the request comes', async () => {
    const {world, first} = await replaced();

    const id = await ask(world, first, 'key');
    await settled(world);

    assert.equal(await ask(world, first, 'key'), id);
    await settled(world);
    assert.equal(world.runs.size, 3);
  });

  it('does no harm when it is asked for a second time', async () => {
    const {world, first} = await replaced();
    const [one, two] = [await ask(world, first), await ask(world, first)];

    await settled(world);

    assert.deepEqual([runOf(world, one).state, runOf(world, two).state], ['released', 'rejected']);
    assert.equal(runOf(world, two).release?.sentence, 'version 1 answers already');
    assert.equal(world.champions.get('flowers'), '1');
    await settleEndpoint(runOf(world, two), memoryPorts(world));
    assert.deepEqual(traffic(world), {[deployedModelIdOf(first)]: 100});
  });

  it('is not promoted when its version answered already: nothing is released, no run is made', async () => {
    const {world, first} = await replaced();
    await ask(world, first);
    const run = await ask(world, first);
    await settled(world);
    const uploaded = world.versions.size;

    await assert.rejects(post({action: 'promote', run, reason: 'I insist'}, world), {
      code: 'NOTHING_TO_PROMOTE',
      message: `run ${run} was to bring back version 1, which answered already`,
    });

    assert.deepEqual([world.runs.size, world.messages.length, world.versions.size], [4, 0, uploaded]);
  });

  it('can be taken back in its turn', async () => {
    const {world, first, second} = await replaced();
    await ask(world, first);
    await settled(world);

    await ask(world, second);
    await settled(world);

    assert.equal(world.champions.get('flowers'), '2');
  });

  it('is not refused after a day of reruns, and is none of them', async () => {
    const {world, first} = await replaced();
    const again = () => post({action: 'rerun', run: first, from: 'release'}, world);
    await again();
    await again();
    await ask(world, first);
    await again();
    await assert.rejects(again(), {code: 'RERUN_LIMIT'});

    const id = await ask(world, first);

    assert.equal(runOf(world, id).restores?.version, '1');
  });

  it('gives everything back when it is cancelled, wherever it died', async () => {
    for (const effect of [
      'deploy to flowers-check',
      'split traffic of flowers',
      'crown',
      'advance to released',
    ]) {
      const {world, first, second} = await replaced();
      const id = await ask(world, first);
      dies(world, (name) => name === effect);
      await assert.rejects(deliver(stage, published('model-exported', {runId: id}), world), /crash/);
      world.beforeEffect = () => {};
      await memoryPorts(world).runs.requestCancel(id, {by: 'ann', reason: 'not needed'});

      await deliver(stage, published('model-exported', {runId: id}), world);
      await checkPermits(memoryPorts(world));

      assert.equal(runOf(world, id).state, 'cancelled', effect);
      assert.deepEqual(traffic(world), {[deployedModelIdOf(second)]: 100}, effect);
      assert.equal(world.champions.get('flowers'), '2', effect);
    }
  });

  it('fails, and changes nothing, when the version was deleted', async () => {
    const {world, first} = await replaced();
    world.versions.delete('flowers@1');

    const id = await ask(world, first);
    await settled(world);

    assert.equal(runOf(world, id).failure?.code, 'VERSION_GONE');
    assert.equal(world.champions.get('flowers'), '2');
  });

  it('refuses a run that has released nothing', async () => {
    const {world, runId} = await challenged();

    await assert.rejects(ask(world, runId), {code: 'NOTHING_TO_RESTORE'});
  });

  for (const change of [{reason: ''}, {run: 'flowers'}, {to: '1'}])
    it(`refuses ${JSON.stringify(change)}`, async () => {
      const {world, first} = await replaced();

      await assert.rejects(post({action: 'rollback', run: first, reason: REASON, ...change}, world), {
        code: 'REQUEST_INVALID',
      });
    });
});

describe('promote of a rejected run', () => {
  async function rejected() {
    const {world, runId} = await challenged();
    exportModel(world, runId, {metrics: {accuracy: 0.1}});
    await deliver(stage, published('model-exported', {runId}), world);
    assert.equal(runOf(world, runId).state, 'rejected');
    world.messages.length = 0;
    return {world, runId};
  }

  it('releases its model by a run of its own, which keeps who approved it and what the gate had said', async () => {
    const {world, runId} = await rejected();

    const id = await post({action: 'promote', run: runId, reason: 'the old one is wrong'}, world);
    await settled(world);

    const {state, approval, release} = runOf(world, id);
    assert.deepEqual([state, approval], ['released', {by: CALLER, reason: 'the old one is wrong'}]);
    assert.deepEqual([release?.decision?.reason, release?.decision?.numbers?.challenger], ['approved', 0.1]);
    assert.match(
      release?.sentence ?? '',
      /^approved by .+: the old one is wrong; the gate had said: accuracy is 0\.1/,
    );
    assert.equal(world.champions.get('flowers'), '2');
    assert.equal(runOf(world, runId).state, 'rejected');
  });

  it('refuses to do it without a reason', async () => {
    const {world, runId} = await rejected();

    await assert.rejects(post({action: 'promote', run: runId}, world), {code: 'REQUEST_INVALID'});
    await assert.rejects(post({action: 'promote', run: runId, reason: ''}, world), {code: 'REQUEST_INVALID'});
  });
});
