import assert from 'node:assert/strict';
import {releaseModel} from '../../functions/release-model.ts';
import {releaseDoor} from '../../shared/domain/permits.ts';
import {leaveDoor} from '../../shared/doors.ts';
import {checkPermits} from '../../shared/sweep/check-permits.ts';
import {published} from '../support/events.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {deliver, erase, play, played, runOf, STEPS} from '../support/story.ts';

const DOOR = releaseDoor('flowers');
const HOUR_MS = 3_600_000;

/** A trained run, and a champion whose run was accepted so much later. */
async function trainedBeside(laterMs: number): Promise<{world: World; runId: string}> {
  const {world, runId} = await played(6);
  const run = runOf(world, runId);
  const createdAt = new Date(Date.parse(run.createdAt) + laterMs).toISOString();
  world.runs.set('r-other', {...run, id: 'r-other', state: 'released', createdAt});
  world.versions.set('flowers@1', {
    name: 'flowers@1',
    version: '1',
    artifactUri: 'gs://the-runs/other/',
    runId: 'r-other',
    effectKey: 'r-other-version',
    attempt: 1,
  });
  world.champions.set('flowers', '1');
  return {world, runId};
}

describe('release-model', () => {
  it('keeps the champion of data that were accepted later', async () => {
    const {world, runId} = await trainedBeside(HOUR_MS);

    await play(STEPS[6]!, world, runId);

    const {state, release} = runOf(world, runId);
    assert.equal(state, 'rejected');
    assert.match(
      release?.sentence ?? '',
      /^kept version 1: its data were accepted at .+, after this run's at /,
    );
    assert.deepEqual([world.outbox.map(({topic}) => topic), world.endpoints.size], [['version-rejected'], 0]);
  });

  it('replaces the champion of data that were accepted earlier', async () => {
    const {world, runId} = await trainedBeside(-HOUR_MS);

    await play(STEPS[6]!, world, runId);

    assert.deepEqual([runOf(world, runId).state, world.champions.get('flowers')], ['released', '2']);
  });

  it('waits while another run is released at the same endpoint', async () => {
    const {world, runId} = await played(6);
    await memoryPorts(world).permits.take(DOOR, 'another');

    await play(STEPS[6]!, world, runId);

    const {state, waiting} = runOf(world, runId);
    assert.deepEqual([state, waiting?.door, world.versions.size], ['trained', DOOR, 0]);
  });

  it('goes on when that one is done', async () => {
    const {world, runId} = await played(6);
    await memoryPorts(world).permits.take(DOOR, 'another');
    await play(STEPS[6]!, world, runId);
    world.messages.length = 0;

    await leaveDoor(DOOR, 'another', memoryPorts(world));
    assert.deepEqual(world.messages, [{topic: 'model-exported', runId}]);
    await deliver(erase(releaseModel), published('model-exported', {runId}), world);

    assert.deepEqual([runOf(world, runId).state, world.permits.get(DOOR)?.holders], ['released', []]);
  });

  it('does not wait for a release at another endpoint', async () => {
    const {world, runId} = await played(6);
    await memoryPorts(world).permits.take(releaseDoor('roses'), 'another');

    await play(STEPS[6]!, world, runId);

    assert.equal(runOf(world, runId).state, 'released');
  });

  it('decides again when another run was released between its decision and its permit', async () => {
    const {world, runId} = await trainedBeside(HOUR_MS);
    world.champions.delete('flowers');
    world.beforeEffect = (name) => {
      if (name === `take ${DOOR}`) world.champions.set('flowers', '1');
    };

    await assert.rejects(play(STEPS[6]!, world, runId), {name: 'NotYetError'});
    assert.equal(runOf(world, runId).state, 'trained');
    await play(STEPS[6]!, world, runId);

    assert.deepEqual([runOf(world, runId).state, world.permits.get(DOOR)?.holders], ['rejected', []]);
  });

  it('leaves its permit to the sweep when it fails', async () => {
    const {world, runId} = await played(6);
    const {permits, runs} = memoryPorts(world);
    await permits.take(DOOR, runId);
    assert.equal((await checkPermits(memoryPorts(world))).freed, 0, 'a trained run needs it');

    await runs.fail(runId, 'release-model', {code: 'SMOKE_TEST', message: 'no answer'});

    assert.equal((await checkPermits(memoryPorts(world))).freed, 1);
  });
});
