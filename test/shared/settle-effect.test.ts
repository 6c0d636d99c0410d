import assert from 'node:assert/strict';
import {QUARANTINE_MS} from '../../shared/domain/effect.ts';
import type {Run} from '../../shared/domain/run.ts';
import {NotYetError, PermanentError, RefusedError} from '../../shared/errors.ts';
import type {GuardedEffect} from '../../shared/settle-effect.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {
  entersWhenRevoked,
  ScriptedEffect,
  settle,
  withoutAdmission,
  worldWithRun,
} from '../support/scripted-effect.ts';

const KEY = 'r1-tune';

describe('settleEffect', () => {
  let world: World;

  beforeEach(() => {
    world = worldWithRun();
  });

  it('creates once and gives the same resource ever after', async () => {
    const effect = new ScriptedEffect(world);

    assert.deepEqual(
      [await settle(world, effect), await settle(world, effect), await settle(world, effect)],
      ['job-1', 'job-1', 'job-1'],
    );
    assert.deepEqual(effect.attempts, [1]);
  });

  it('does not look up what was never sent, or is known', async () => {
    const effect: GuardedEffect = {
      key: KEY,
      runId: 'r1',
      hasAdmission: true,
      find: () => Promise.reject(new Error('looked up')),
      create: async () => 'job-1',
      discard: () => Promise.reject(new Error('discarded')),
    };

    assert.equal(await settle(world, effect), 'job-1');
    assert.equal(await settle(world, effect), 'job-1');
  });

  it('adopts what an unanswered request made, at once and for good', async () => {
    const effect = new ScriptedEffect(world, ['made but unanswered']);

    await settle(world, effect);

    assert.equal(await settle(world, effect), 'job-1');
    assert.deepEqual(effect.attempts, [1]);
    assert.equal(world.effects.get(KEY)?.resource, 'job-1');
  });

  it('adopts nothing that another attempt made', async () => {
    const effect = new ScriptedEffect(world, ['refused', 'lost']);
    effect.made.set(1, 'job-1');
    await settle(world, effect);
    await settle(world, effect);

    assert.ok((await settle(world, effect)) instanceof NotYetError);
    assert.equal(world.effects.get(KEY)?.resource, undefined);
  });

  it('sends nothing while a lost request may still take effect, and says how long', async () => {
    const effect = new ScriptedEffect(world, ['lost']);
    await settle(world, effect);
    world.nowMs += QUARANTINE_MS - 1500;

    const error = await settle(world, effect);

    assert.ok(error instanceof NotYetError);
    assert.match(error.message, /r1-tune: .* looking again in 2 s/);
    assert.deepEqual(effect.attempts, [1]);
  });

  it('closes the attempt for ever after that, then sends the next', async () => {
    const effect = new ScriptedEffect(world, ['lost']);
    await settle(world, effect);
    world.nowMs += QUARANTINE_MS;

    assert.equal(await settle(world, effect), 'job-2');
    assert.equal(world.admissions.get(`${KEY}/a1`), 'revoked');
    assert.equal(world.admissions.get(`${KEY}/a2`), undefined);
  });

  it('sends nothing when the job turns out to work, and waits until it is listed', async () => {
    const effect = new ScriptedEffect(world, ['made but unanswered']);
    effect.setLists(false);
    await settle(world, effect);
    world.nowMs += QUARANTINE_MS;
    effect.start();

    const unlisted = await settle(world, effect);
    effect.setLists(true);

    assert.ok(unlisted instanceof NotYetError);
    assert.match(unlisted.message, /attempt 1 is at work, but not listed yet/);
    assert.equal(await settle(world, effect), 'job-1');
    assert.deepEqual(effect.paid, ['job-1']);
  });

  it('sends nothing when the job enters in the very moment it is given up', async () => {
    const effect = new ScriptedEffect(world, ['applied late']);
    await settle(world, effect);
    world.nowMs += QUARANTINE_MS;
    entersWhenRevoked(world, effect);

    const error = await settle(world, effect);

    assert.ok(error instanceof NotYetError);
    assert.match(error.message, /attempt 1 has just begun to work/);
    assert.deepEqual(effect.attempts, [1]);
  });

  it('never adopts a job that was revoked and came to light later: it is ended', async () => {
    const effect = new ScriptedEffect(world, ['applied late']);
    await settle(world, effect);
    world.nowMs += QUARANTINE_MS;
    world.beforeEffect = (name) => {
      if (name.startsWith('refuse')) throw new Error('crash after the revocation');
    };
    await settle(world, effect);
    world.beforeEffect = () => {};
    effect.land();
    effect.start();

    assert.equal(await settle(world, effect), 'job-2');
    assert.deepEqual(effect.discarded, ['job-1']);
    effect.start();
    assert.deepEqual(effect.paid, ['job-2']);
  });

  it('does not use a job that was recorded after it had been revoked', async () => {
    const effect = new ScriptedEffect(world, ['stalled']);
    const stalled = settle(world, effect);
    await new Promise(setImmediate);
    await memoryPorts(world).admissions.revoke(KEY, 1);
    effect.wake();
    assert.equal(await stalled, 'job-1');

    assert.equal(await settle(world, effect), 'job-2');
    assert.deepEqual(effect.discarded, ['job-1']);
  });

  it('refuses work to a delivery that slept through its takeover, and takes back what it made', async () => {
    const effect = new ScriptedEffect(world, ['stalled']);
    const stalled = settle(world, effect);
    await new Promise(setImmediate);
    world.nowMs += QUARANTINE_MS;
    assert.equal(await settle(world, effect), 'job-2');
    effect.start();

    effect.wake();
    const woken = await stalled;
    effect.start();

    assert.ok(woken instanceof NotYetError);
    assert.match(woken.message, /attempt 1 was given up while it made job-1/);
    assert.deepEqual(effect.discarded, ['job-1']);
    assert.deepEqual(effect.paid, ['job-2']);
    assert.equal(await settle(world, effect), 'job-2');
  });

  it('sends again without waiting after a refusal', async () => {
    const effect = new ScriptedEffect(world, ['refused']);

    assert.ok((await settle(world, effect)) instanceof RefusedError);
    assert.equal(await settle(world, effect), 'job-2');
  });

  it('passes on a refusal for good', async () => {
    const error = await settle(world, new ScriptedEffect(world, ['refused for good']));

    assert.ok(error instanceof PermanentError);
  });

  it('leaves the sending to the delivery that claimed the attempt', async () => {
    const effect = new ScriptedEffect(world);

    const outcomes = await Promise.all([settle(world, effect), settle(world, effect)]);

    assert.deepEqual(effect.attempts, [1]);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome instanceof NotYetError ? outcome.message : outcome)),
      ['job-1', 'r1-tune: another delivery is sending attempt 1'],
    );
  });

  it('sends nothing for a run that has ended or shall be cancelled', async () => {
    const closed: readonly Partial<Run>[] = [
      {state: 'failed'},
      {cancelRequested: {by: 'ann', reason: 'wrong file', at: ''}},
    ];
    for (const changes of closed) {
      world = worldWithRun();
      world.runs.set('r1', {...world.runs.get('r1')!, ...changes});
      const effect = new ScriptedEffect(world);

      const error = await settle(world, effect);

      assert.ok(error instanceof NotYetError);
      assert.match(error.message, /run r1 has ended or shall be cancelled/);
      assert.deepEqual([effect.attempts, world.effects.size], [[], 0]);
    }
  });

  describe('of something without a container of ours', () => {
    it('asks no admission before it sends again', async () => {
      const effect = new ScriptedEffect(world, ['lost']);
      await settle(world, withoutAdmission(effect));
      world.nowMs += QUARANTINE_MS;

      assert.equal(await settle(world, withoutAdmission(effect)), 'job-2');
      assert.equal(world.admissions.size, 0);
    });

    it('keeps what another delivery recorded in the meantime', async () => {
      const effect = new ScriptedEffect(world, ['stalled']);
      const stalled = settle(world, withoutAdmission(effect));
      await new Promise(setImmediate);
      world.nowMs += QUARANTINE_MS;
      world.beforeEffect = (name) => {
        if (name.startsWith('intend'))
          world.effects.set(KEY, {...world.effects.get(KEY)!, resource: 'job-1'});
      };

      const error = await settle(world, withoutAdmission(effect));

      assert.ok(error instanceof NotYetError);
      effect.wake();
      assert.equal(await stalled, 'job-1');
    });
  });
});
