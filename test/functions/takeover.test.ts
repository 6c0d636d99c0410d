import assert from 'node:assert/strict';
import pino from 'pino';
import {QUARANTINE_MS} from '../../shared/domain/effect.ts';
import {handle} from '../../shared/handle.ts';
import type {Job} from '../../shared/job-ports.ts';
import type {Ports} from '../../shared/ports.ts';
import {enter} from '../support/memory-admissions.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {onPlatform} from '../support/on-platform.ts';
import {settled} from '../support/services.ts';
import {played, runOf, STEPS, type Step} from '../support/story.ts';

const silent = pino({level: 'silent'});

function jobsOf({jobs}: World, wanted: Job['kind']): Job[] {
  return [...jobs.values()].filter(({kind}) => kind === wanted);
}

/** Where a request that costs leaves, and what it makes. */
const SENDERS = [
  {step: 1, name: 'build', made: ({builds}: World) => [...builds.values()]},
  {step: 3, name: 'tuning job', made: (world: World) => jobsOf(world, 'tuning')},
  {step: 4, name: 'training job', made: (world: World) => jobsOf(world, 'training')},
] as const;

/** Ports whose create requests stand still before they leave, until they are woken. */
function sleepy(world: World): {ports: Ports; asleep: Promise<void>; wake: () => void} {
  const ports = memoryPorts(world);
  const {promise: asleep, resolve: fallAsleep} = Promise.withResolvers<void>();
  const {promise: woken, resolve: wake} = Promise.withResolvers<void>();
  const after = async <T>(send: () => Promise<T>) => {
    fallAsleep();
    await woken;
    return send();
  };
  const {builds} = ports;
  const {jobs} = ports.platforms.vertex;
  const slowBuilds: Ports['builds'] = {...builds, start: (request) => after(() => builds.start(request))};
  const slow = onPlatform(
    {...ports, builds: slowBuilds},
    {
      jobs: {
        startTuning: (request) => after(() => jobs.startTuning(request)),
        startTraining: (request) => after(() => jobs.startTraining(request)),
      },
    },
  );
  return {ports: slow, asleep, wake};
}

function deliver({stage, event}: Step, world: World, runId: string, ports: Ports): Promise<unknown> {
  return handle(stage, ports, silent)(event(world, runId)).catch((error: unknown) => error);
}

describe('a delivery that sleeps before it sends', () => {
  for (const {step: index, name, made} of SENDERS) {
    const step = STEPS[index]!;

    it(`makes a ${name} that is refused admission and used by nobody, once another has taken over`, async () => {
      const {world, runId} = await played(index);
      step.before?.(world, runId);
      const {ports, asleep, wake} = sleepy(world);
      const sleeping = deliver(step, world, runId, ports);
      await asleep;
      world.nowMs += QUARANTINE_MS;
      await deliver(step, world, runId, memoryPorts(world));
      const [taken] = made(world);
      assert.equal(taken?.attempt, 2);
      assert.equal(enter(world, taken), true);

      wake();
      assert.equal(((await sleeping) as Error).name, 'NotYetError');

      const late = made(world).at(-1)!;
      assert.deepEqual([late.attempt, enter(world, late)], [1, false]);
      assert.ok(late.state === 'cancelled' || late.state === 'failed', 'it was told to end');
      const resource = world.effects.get(taken?.effectKey ?? '')?.resource;
      assert.ok(resource === taken?.id || resource?.endsWith(`/${taken?.id}`), 'the record names the other');
    });

    it(`lets the run go on to its end all the same, with one ${name} at work`, async () => {
      const {world, runId} = await played(index);
      step.before?.(world, runId);
      const {ports, asleep, wake} = sleepy(world);
      const sleeping = deliver(step, world, runId, ports);
      await asleep;
      world.nowMs += QUARANTINE_MS;
      await deliver(step, world, runId, memoryPorts(world));
      wake();
      await sleeping;

      await settled(world);

      assert.equal(runOf(world, runId).state, 'released');
      const atWork = [...world.admissions]
        .filter(([, holder]) => holder === 'entered')
        .map(([object]) => object);
      assert.equal(new Set(atWork.map((object) => object.split('/')[0])).size, atWork.length);
      assert.equal(made(world).length, 2);
    });

    it(`makes the only ${name} when it wakes before anybody takes over`, async () => {
      const {world, runId} = await played(index);
      step.before?.(world, runId);
      const {ports, asleep, wake} = sleepy(world);
      const sleeping = deliver(step, world, runId, ports);
      await asleep;
      world.nowMs += QUARANTINE_MS - 1;
      const early = await deliver(step, world, runId, memoryPorts(world));
      wake();

      assert.equal(await sleeping, undefined);

      assert.equal((early as Error).name, 'NotYetError');
      assert.deepEqual(
        made(world).map(({attempt}) => attempt),
        [1],
      );
    });
  }
});
