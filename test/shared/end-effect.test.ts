import assert from 'node:assert/strict';
import {QUARANTINE_MS} from '../../shared/domain/effect.ts';
import {endEffect, type GuardedEffect} from '../../shared/settle-effect.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {
  entersWhenRevoked,
  ScriptedEffect,
  settle,
  withoutAdmission,
  worldWithRun,
} from '../support/scripted-effect.ts';

describe('endEffect', () => {
  let world: World;

  beforeEach(() => {
    world = worldWithRun();
  });

  const end = (effect: GuardedEffect) => endEffect(memoryPorts(world), effect);

  it('finds nothing where nothing was sent', async () => {
    assert.deepEqual(await end(new ScriptedEffect(world)), {kind: 'none'});
  });

  it('finds nothing where the request was refused', async () => {
    const effect = new ScriptedEffect(world, ['refused']);
    await settle(world, effect);

    assert.deepEqual(await end(effect), {kind: 'none'});
  });

  it('finds what is recorded, and what is listed but not recorded', async () => {
    for (const fate of ['answered', 'made but unanswered'] as const) {
      world = worldWithRun();
      const effect = new ScriptedEffect(world, [fate]);
      await settle(world, effect);

      assert.deepEqual(await end(effect), {kind: 'made', resource: 'job-1'});
    }
  });

  it('is not sure while a request may still take effect, and then lets it make no work', async () => {
    const effect = new ScriptedEffect(world, ['applied late']);
    await settle(world, effect);

    assert.deepEqual(await end(effect), {kind: 'ending'});
    world.nowMs += QUARANTINE_MS;
    assert.deepEqual(await end(effect), {kind: 'none'});
    effect.land();
    effect.start();
    assert.deepEqual(effect.paid, []);
  });

  it('is not sure of a job that enters in the moment it is given up', async () => {
    const effect = new ScriptedEffect(world, ['applied late']);
    await settle(world, effect);
    world.nowMs += QUARANTINE_MS;
    entersWhenRevoked(world, effect);

    assert.deepEqual(await end(effect), {kind: 'ending'});
  });

  it('ends a job that was revoked, and never opens another attempt', async () => {
    const effect = new ScriptedEffect(world, ['made but unanswered']);
    await settle(world, effect);
    await memoryPorts(world).admissions.revoke(effect.key, 1);

    assert.deepEqual(await end(effect), {kind: 'none'});

    assert.deepEqual([effect.discarded, effect.attempts], [['job-1'], [1]]);
  });

  it('believes nothing to be there once the quarantine of something without a container has passed', async () => {
    const effect = new ScriptedEffect(world, ['lost']);
    await settle(world, withoutAdmission(effect));
    world.nowMs += QUARANTINE_MS;

    assert.deepEqual(await end(withoutAdmission(effect)), {kind: 'none'});
  });
});
