import assert from 'node:assert/strict';
import {receiveData} from '../../functions/receive-data.ts';
import {sweep} from '../../functions/sweep.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import {published} from '../support/events.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {GOOD_ENDINGS, STAGE_OF_TOPIC, settled} from '../support/services.ts';
import {buildSucceeds, deliver, droppedWorld, erase, played, runOf, STEPS} from '../support/story.ts';

const REQUEST = {method: 'POST', query: {}, body: {}, headers: {}, caller: 'scheduler@example.com'};
const QUARTER_MS = 15 * 60_000;

async function sweepOver(world: World): Promise<unknown> {
  return (await sweep.answer(REQUEST, memoryPorts(world))).body;
}

/** Builds and jobs end without a word. */
function servicesEnd(world: World): void {
  if ([...world.builds.values()].some(({state}) => state === 'waiting')) buildSucceeds(world);
  for (const job of world.jobs.values()) {
    if (job.state !== 'running') continue;
    const ending = job.kind === 'tuning' ? GOOD_ENDINGS.tuning(job) : GOOD_ENDINGS.training(job, world);
    world.jobs.set(job.id, {...job, ...ending});
  }
}

/** Time passes; of all messages only those of one sweep arrive. */
async function quarterOfAnHour(world: World): Promise<void> {
  servicesEnd(world);
  world.nowMs += QUARTER_MS;
  world.messages.length = 0;
  await sweepOver(world);
  const messages = world.messages.splice(0);
  const objects = world.dataReady.splice(0);
  for (const object of objects) await deliver(erase(receiveData), published('data-ready', object), world);
  for (const {topic, runId} of messages) {
    await deliver(STAGE_OF_TOPIC[topic]!, published(topic, {runId}), world);
  }
}

describe('sweep', () => {
  for (const [index, {stage}] of STEPS.entries()) {
    it(`brings a run to its end that lost the event of step ${index + 1} (${stage.name}) and all later ones`, async () => {
      const {world, runId} = await played(index);
      for (let round = 0; round < 20 && runOf(world, runId).state !== 'released'; round++) {
        await quarterOfAnHour(world);
      }

      assert.equal(runOf(world, runId).state, 'released');
      assert.deepEqual([world.builds.size, world.jobs.size, world.versions.size], [1, 2, 1]);
    });
  }

  it('starts the run of an object whose own event was lost', async () => {
    const {world, runId} = await droppedWorld();

    await quarterOfAnHour(world);

    assert.equal(runOf(world, runId).state, 'received');
  });

  it('tells what it did', async () => {
    const {world} = await played(3);
    world.nowMs += QUARTER_MS;

    assert.deepEqual(await sweepOver(world), {
      published: 0,
      announced: 1,
      expired: 0,
      orphans: 0,
      duplicates: 0,
      freed: 0,
      woken: 0,
      listed: 3,
      lookedBack: 0,
      found: 0,
    });
  });

  it('does no harm when two sweep at the same time', async () => {
    const {world, runId} = await played(3);
    world.nowMs += QUARTER_MS;
    world.messages.length = 0;

    await Promise.all([sweepOver(world), sweepOver(world)]);
    await settled(world);

    assert.equal(runOf(world, runId).state, 'released');
    assert.deepEqual([world.builds.size, world.jobs.size, world.versions.size], [1, 2, 1]);
    assert.equal(world.outbox.length, 1);
  });

  it('does the other chores when one fails, and says that it has failed', async () => {
    const {world} = await played(3);
    world.nowMs += QUARTER_MS;
    world.messages.length = 0;
    world.beforeEffect = (name) => {
      if (name === 'move inventory') throw new Error('no database');
    };

    await assert.rejects(sweepOver(world), {name: 'RetryableError'});

    assert.equal(world.messages.length, 1);
  });

  it('cancels the job of a run that it gives up, and takes its permit back', async () => {
    const {world, runId} = await played(4);
    world.nowMs += 24 * 3_600_000 + 1;

    await sweepOver(world);
    await sweepOver(world);
    await sweepOver(world);

    assert.equal(runOf(world, runId).failure?.code, 'DEADLINE');
    assert.deepEqual(
      [...world.jobs.values()].map(({state}) => state),
      ['cancelled'],
    );
    assert.deepEqual(world.permits.get('tuning')?.holders, []);
  });
});

describe('a thousand drops with one trainer', () => {
  it('make one build and no more jobs at a time than there are permits', async () => {
    const {world, runId} = await played(1);
    const run = runOf(world, runId);
    for (let index = 1; index < 1000; index++) {
      const input = {...run.input, name: `flowers/data/${index}.csv`};
      const id = runIdOf(input);
      world.runs.set(id, {...run, id, input});
      world.messages.push({topic: 'split-ready', runId: id});
    }

    while (world.messages.length > 0) {
      for (const message of world.messages.splice(0)) {
        await deliver(
          STAGE_OF_TOPIC[message.topic]!,
          published(message.topic, {runId: message.runId}),
          world,
        );
      }
      if (world.messages.length === 0 && world.images.size === 0) {
        buildSucceeds(world);
        await deliver(STAGE_OF_TOPIC['image-ready']!, published('cloud-builds', {id: 'build-1'}), world);
      }
    }

    assert.deepEqual([world.runs.size, world.builds.size, world.jobs.size], [1000, 1, 3]);
    const states = [...world.runs.values()].map(({state, waiting}) => `${state} ${waiting?.door}`);
    assert.equal(states.filter((state) => state === 'built tuning').length, 997);
  });
});
