import assert from 'node:assert/strict';
import {deployedModelIdOf, effectKeyOf} from '../../../shared/domain/ids.ts';
import {releaseDoor} from '../../../shared/domain/permits.ts';
import {lookBack} from '../../../shared/sweep/look-back.ts';
import {challenged} from '../../support/challenger.ts';
import {memoryPorts, type World} from '../../support/memory-ports.ts';
import {played, runOf} from '../../support/story.ts';

async function released(): Promise<{world: World; runId: string}> {
  const {world, runId} = await played(7);
  assert.equal(runOf(world, runId).state, 'released');
  return {world, runId};
}

/** A version like the one that a run has, made by another of its attempts. */
function addVersion(world: World, attempt: number): void {
  const [version] = world.versions.values();
  world.versions.set('flowers@9', {...version!, name: 'flowers@9', version: '9', attempt});
}

describe('looking back at a run that has ended', () => {
  it('changes nothing when all is as it should be', async () => {
    const {world, runId} = await released();
    const effects: string[] = [];
    world.beforeEffect = (effect) => void effects.push(effect);

    await lookBack(runOf(world, runId), memoryPorts(world));

    assert.deepEqual(effects, []);
  });

  it('gives the alias back to who answers when an earlier crowning took effect late', async () => {
    const {world, runId} = await released();
    const champion = world.champions.get('flowers');
    addVersion(world, 1);
    world.champions.set('flowers', '9');

    await lookBack(runOf(world, runId), memoryPorts(world));

    assert.equal(world.champions.get('flowers'), champion);
  });

  it('leaves the alias alone while a release is under way', async () => {
    const {world, runId} = await released();
    await memoryPorts(world).permits.take(releaseDoor('flowers'), 'next');
    world.champions.set('flowers', '9');

    await lookBack(runOf(world, runId), memoryPorts(world));

    assert.equal(world.champions.get('flowers'), '9');
  });

  it('leaves the alias alone of a pipeline that serves nothing', async () => {
    const {world, runId} = await released();
    const run = runOf(world, runId);
    const {definition} = run;
    const pipeline = {...definition!.pipeline, serve: 'none' as const};
    world.champions.set('flowers', '9');

    await lookBack({...run, definition: {...definition!, pipeline}}, memoryPorts(world));

    assert.equal(world.champions.get('flowers'), '9');
  });

  it('leaves the alias alone while two versions share the traffic', async () => {
    const {world, runId} = await released();
    const endpoint = world.endpoints.get('flowers')!;
    world.endpoints.set('flowers', {...endpoint, traffic: {[endpoint.deployed[0]!.id]: 90, other: 10}});
    world.champions.set('flowers', '9');

    await lookBack(runOf(world, runId), memoryPorts(world));

    assert.equal(world.champions.get('flowers'), '9');
  });

  it('deletes the second version that an attempt made after it was given up', async () => {
    const {world, runId} = await released();
    const key = effectKeyOf(runId, 'version');
    world.effects.set(key, {...world.effects.get(key)!, attempt: 2});
    addVersion(world, 2);

    await lookBack(runOf(world, runId), memoryPorts(world));

    assert.deepEqual([...world.versions.keys()], [world.effects.get(key)?.resource]);
  });

  it('takes down what was deployed after its run had failed, and leaves the one that answers', async () => {
    const {world, runId, earlier} = await challenged();
    const {runs, platforms} = memoryPorts(world);
    const version = {name: 'flowers@2', version: '2', artifactUri: 'gs://b/m', runId};
    const release = {sentence: 'better', replaces: '1'};
    await runs.advance(runId, 'releasing', {release});
    await runs.fail(runId, 'release-model', {code: 'DELIVERIES_EXHAUSTED', message: 'given up'});
    await platforms.vertex.models.deploy('flowers', {
      id: deployedModelIdOf(runId),
      version,
      machineType: 'n1-standard-2',
    });

    await lookBack(runOf(world, runId), memoryPorts(world));

    assert.deepEqual(
      world.endpoints.get('flowers')?.deployed.map(({id}) => id),
      [earlier],
    );
  });
});
