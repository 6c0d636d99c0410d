import assert from 'node:assert/strict';
import {releaseModel} from '../../functions/release-model.ts';
import {cancelRun} from '../../shared/cancel-run.ts';
import {deployedModelIdOf} from '../../shared/domain/ids.ts';
import {checkPermits} from '../../shared/sweep/check-permits.ts';
import {checkRuns} from '../../shared/sweep/check-runs.ts';
import {traffic, trained} from '../support/challenger.ts';
import {published} from '../support/events.ts';
import {emptyWorld, memoryPorts, type World} from '../support/memory-ports.ts';
import {dropped} from '../support/services.ts';
import {DATA_CSV, deliver, dies, erase, PIPELINE_YAML, push, runOf} from '../support/story.ts';

const stage = erase(releaseModel);
const DOOR = 'release-flowers';
const WEEK_MS = 7 * 24 * 3_600_000;
const JO = {by: 'jo@the-project.example', reason: 'no complaints for two days'};
const CANARY = PIPELINE_YAML.replace('endpoint: flowers}', 'endpoint: flowers, canary: 10%}');

/** One version answers, the next is trained and shall begin with a tenth of the traffic. */
async function challenged(): Promise<{world: World; runId: string; earlier: string; own: string}> {
  const world = emptyWorld();
  await push(world, CANARY);
  const {id} = await dropped(world, 'flowers/data/first.csv', DATA_CSV);
  const {runId} = await trained(world);
  return {world, runId, earlier: deployedModelIdOf(id), own: deployedModelIdOf(runId)};
}

async function canary() {
  const all = await challenged();
  await announce(all.world, all.runId);
  return all;
}

function announce(world: World, runId: string, more: object = {}): Promise<void> {
  return deliver(stage, published('model-exported', {runId, ...more}), world);
}

describe('a canary', () => {
  it('has its share of the traffic, and the champion the rest', async () => {
    const {world, runId, earlier, own} = await canary();

    const {state, release} = runOf(world, runId);
    assert.equal(state, 'canary');
    assert.deepEqual([release?.version, release?.replaces, release?.canary], ['2', '1', 10]);
    assert.deepEqual(traffic(world), {[earlier]: 90, [own]: 10});
    assert.equal(world.champions.get('flowers'), '1');
    assert.deepEqual(
      world.outbox.map(({body}) => body.version),
      ['1'],
    );
  });

  it('is none when there is nobody to share with: a first version gets all at once', async () => {
    const world = emptyWorld();
    await push(world, CANARY);

    const run = await dropped(world, 'flowers/data/first.csv', DATA_CSV);

    assert.deepEqual([run.state, run.release?.canary], ['released', undefined]);
  });

  it('waits, whatever comes, until somebody promotes it', async () => {
    const {world, runId, earlier, own} = await canary();

    await announce(world, runId);
    await checkPermits(memoryPorts(world));

    assert.equal(runOf(world, runId).state, 'canary');
    assert.deepEqual(traffic(world), {[earlier]: 90, [own]: 10});
    assert.deepEqual(world.permits.get(DOOR)?.holders, [runId]);
  });

  it('gets all the traffic and the alias when somebody has promoted it', async () => {
    const {world, runId, own} = await canary();
    assert.equal(await memoryPorts(world).runs.requestPromotion(runId, JO), 'requested');

    await announce(world, runId);

    const {state, release, promoteRequested} = runOf(world, runId);
    assert.deepEqual([state, release?.canary, promoteRequested?.by], ['released', undefined, JO.by]);
    assert.deepEqual(traffic(world), {[own]: 100});
    assert.equal(world.champions.get('flowers'), '2');
    assert.deepEqual(world.permits.get(DOOR)?.holders, []);
  });

  it('is promoted by a message that names who wants it, and why', async () => {
    const {world, runId, own} = await canary();

    await announce(world, runId, {promote: JO});

    const {state, promoteRequested} = runOf(world, runId);
    assert.deepEqual([state, promoteRequested?.reason], ['released', JO.reason]);
    assert.deepEqual(traffic(world), {[own]: 100});
  });

  it('is promoted by no message without a reason', async () => {
    const {world, runId} = await canary();

    await announce(world, runId, {promote: {by: 'jo', reason: ' '}});

    assert.equal(runOf(world, runId).state, 'canary');
    assert.deepEqual(
      [...world.rejects.values()].map(({complaint}) => complaint.code),
      ['EVENT_INVALID'],
    );
  });

  for (const effect of ['split traffic of flowers', 'advance to canary'])
    it(`is finished by the next delivery when one has died before "${effect}"`, async () => {
      const {world, runId, earlier, own} = await challenged();
      dies(world, (name) => name === effect);
      await assert.rejects(announce(world, runId), /crash/);
      world.beforeEffect = () => {};

      await announce(world, runId);

      assert.equal(runOf(world, runId).state, 'canary');
      assert.deepEqual(traffic(world), {[earlier]: 90, [own]: 10});
    });

  for (const effect of ['split traffic of flowers', 'crown', 'advance to released', 'undeploy from flowers'])
    it(`is promoted by the next delivery or the sweep when one has died before "${effect}"`, async () => {
      const {world, runId, own} = await canary();
      dies(world, (name) => name === effect);
      await assert.rejects(announce(world, runId, {promote: JO}), /crash/);
      world.beforeEffect = () => {};

      await announce(world, runId);
      await checkPermits(memoryPorts(world));

      assert.equal(runOf(world, runId).state, 'released');
      assert.deepEqual(traffic(world), {[own]: 100});
      assert.deepEqual(world.permits.get(DOOR)?.holders, []);
    });

  it('gives its share back when the run is cancelled', async () => {
    const {world, runId, earlier} = await canary();
    await memoryPorts(world).runs.requestCancel(runId, {by: 'ann', reason: 'too slow'});

    await cancelRun(runOf(world, runId), memoryPorts(world));

    assert.equal(runOf(world, runId).state, 'cancelled');
    assert.deepEqual(traffic(world), {[earlier]: 100});
    assert.equal(world.champions.get('flowers'), '1');
  });

  it('cannot be promoted once it shall be cancelled', async () => {
    const {world, runId, earlier} = await canary();
    await memoryPorts(world).runs.requestCancel(runId, {by: 'ann', reason: 'too slow'});

    assert.equal(await memoryPorts(world).runs.requestPromotion(runId, JO), 'no-canary');
    await announce(world, runId, {promote: JO});

    assert.equal(runOf(world, runId).state, 'cancelled');
    assert.deepEqual(traffic(world), {[earlier]: 100});
  });

  it('goes when nobody has promoted it for a week', async () => {
    const {world, runId, earlier} = await canary();
    world.nowMs += WEEK_MS + 1;

    await checkRuns(memoryPorts(world), {nowMs: world.nowMs, limit: 10});
    await checkPermits(memoryPorts(world));

    assert.equal(runOf(world, runId).failure?.code, 'DEADLINE');
    assert.deepEqual(traffic(world), {[earlier]: 100});
    assert.deepEqual(world.permits.get(DOOR)?.holders, []);
  });

  it('keeps the next release waiting', async () => {
    const {world, runId} = await canary();
    const more = `${DATA_CSV}99,1,iris\n`;

    const next = await dropped(world, 'flowers/data/next.csv', more);

    assert.deepEqual([next.state, next.waiting?.door], ['trained', DOOR]);
    assert.equal(runOf(world, runId).state, 'canary');
  });
});
