import assert from 'node:assert/strict';
import {releaseModel} from '../../functions/release-model.ts';
import {cancelRun} from '../../shared/cancel-run.ts';
import type {Models} from '../../shared/model-ports.ts';
import {checkPermits} from '../../shared/sweep/check-permits.ts';
import {challenged, trained} from '../support/challenger.ts';
import {published} from '../support/events.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {onPlatform} from '../support/on-platform.ts';
import {deliver, dies, erase, pushedWorld, runOf} from '../support/story.ts';

const stage = erase(releaseModel);
const DOOR = 'release-flowers';
const COMPLAINT = {code: 'DELIVERIES_EXHAUSTED', message: 'given up'};

/** What the rest of the world sees of the releases. */
function served(world: World) {
  const endpoint = world.endpoints.get('flowers');
  const answering = (endpoint?.deployed ?? []).map(
    ({id, version}) => `${version}: ${endpoint?.traffic[id] ?? 0} %`,
  );
  const asked = world.endpoints.get('flowers-check')?.deployed ?? [];
  return {answering, asked, champion: world.champions.get('flowers')};
}

function announce(world: World, runId: string): Promise<void> {
  return deliver(stage, published('model-exported', {runId}), world);
}

/** Delivers to a function that dies before its n-th effect. @returns false when it has not so many */
async function diesAt(fatal: number, world: World, runId: string): Promise<boolean> {
  let effects = 0;
  dies(world, () => effects++ === fatal);
  const survived = await announce(world, runId).then(
    () => true,
    () => false,
  );
  world.beforeEffect = () => {};
  return !survived;
}

async function first(): Promise<{world: World; runId: string}> {
  return trained(await pushedWorld());
}

const BEGINNINGS = {'a first version': first, 'a better version': challenged};

describe('a release that is broken off', () => {
  for (const [title, begin] of Object.entries(BEGINNINGS)) {
    it(`of ${title} is taken back by the sweep once its run has failed, wherever it died`, async () => {
      const before = served((await begin()).world);
      let deaths = 0;
      for (let fatal = 1; ; fatal++) {
        const {world, runId} = await begin();
        if (!(await diesAt(fatal, world, runId))) break;
        deaths += 1;
        await memoryPorts(world).runs.fail(runId, 'release-model', COMPLAINT);

        await checkPermits(memoryPorts(world));

        const {state} = runOf(world, runId);
        const after = {
          answering: [`${world.versions.size}: 100 %`],
          asked: [],
          champion: `${world.versions.size}`,
        };
        assert.deepEqual(served(world), state === 'released' ? after : before, `effect ${fatal}`);
        assert.deepEqual(world.permits.get(DOOR)?.holders, []);
      }
      assert.ok(deaths > 7, `${deaths} effects to die before`);
    });

    it(`of ${title} is taken back when its run is cancelled, wherever it died`, async () => {
      const before = served((await begin()).world);
      for (let fatal = 1; ; fatal++) {
        const {world, runId} = await begin();
        if (!(await diesAt(fatal, world, runId)) || runOf(world, runId).state === 'released') break;
        await memoryPorts(world).runs.requestCancel(runId, {by: 'ann', reason: 'wrong file'});

        await announce(world, runId);

        assert.equal(runOf(world, runId).state, 'cancelled', `effect ${fatal}`);
        assert.deepEqual(served(world), before, `effect ${fatal}`);
        assert.deepEqual(world.permits.get(DOOR)?.holders, []);
      }
    });

    it(`of ${title} is finished by the next delivery, wherever it died`, async () => {
      for (let fatal = 0; ; fatal++) {
        const {world, runId} = await begin();
        if (!(await diesAt(fatal, world, runId))) break;
        world.nowMs += 200_000;
        await announce(world, runId);
        await checkPermits(memoryPorts(world));

        assert.equal(runOf(world, runId).state, 'released');
        assert.deepEqual(served(world).answering, [`${world.versions.size}: 100 %`], `effect ${fatal}`);
        assert.deepEqual(world.permits.get(DOOR)?.holders, []);
      }
    });
  }

  for (const effect of ['deploy to check', 'deploy', 'split traffic', 'crown']) {
    it(`leaves nothing behind when it sleeps before "${effect}" while the run is cancelled`, async () => {
      const {world, runId} = await challenged();
      const before = served(world);
      let isAsleep = true;
      const {models} = memoryPorts(world).platforms.vertex;
      const sleeping = async (before: string) => {
        if (!isAsleep || before !== effect) return;
        isAsleep = false;
        await memoryPorts(world).runs.requestCancel(runId, {by: 'ann', reason: 'wrong file'});
        await cancelRun(runOf(world, runId), memoryPorts(world));
      };
      const slow: Partial<Models> = {
        async deploy(endpoint, request) {
          await sleeping(endpoint === 'flowers' ? 'deploy' : 'deploy to check');
          return models.deploy(endpoint, request);
        },
        async splitTraffic(endpoint, percents) {
          await sleeping(endpoint.name === 'flowers' ? 'split traffic' : 'split traffic of check');
          return models.splitTraffic(endpoint, percents);
        },
        async crown(...request) {
          await sleeping('crown');
          return models.crown(...request);
        },
      };

      await release(world, runId, slow).catch(() => {});

      assert.equal(runOf(world, runId).state, 'cancelled');
      assert.deepEqual(served(world), before);
    });
  }
});

async function release(world: World, runId: string, models: Partial<Models>) {
  const ports = onPlatform(memoryPorts(world), {models});
  const known = await releaseModel.load({runId}, ports);
  await releaseModel.perform(releaseModel.plan({runId}, known), ports);
}
