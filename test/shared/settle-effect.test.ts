import assert from 'node:assert/strict';
import fc from 'fast-check';
import {QUARANTINE_MS} from '../../shared/domain/effect.ts';
import type {Run} from '../../shared/domain/run.ts';
import {NotYetError, PermanentError, RefusedError, RetryableError} from '../../shared/errors.ts';
import {type GuardedEffect, settleEffect} from '../../shared/settle-effect.ts';
import {emptyWorld, memoryPorts, type World} from '../support/memory-ports.ts';

const KEY = 'r1-tune';

/** How a create request ends: for the service, and for whoever sent it. */
const FATES = ['answered', 'made but unanswered', 'lost', 'refused', 'refused for good'] as const;

type Fate = (typeof FATES)[number];

/** A service whose lists are honest; it plays the given fates and answers well afterwards. */
class ScriptedService implements GuardedEffect {
  readonly key = KEY;
  readonly runId = 'r1';
  readonly attempts: number[] = [];
  readonly made = new Map<number, string>();
  readonly #fates: Fate[];

  constructor(fates: readonly Fate[]) {
    this.#fates = [...fates];
  }

  async find(attempt: number) {
    return this.made.get(attempt);
  }

  async create(attempt: number) {
    this.attempts.push(attempt);
    const fate = this.#fates.shift() ?? 'answered';
    if (fate === 'refused') throw new RefusedError('429');
    if (fate === 'refused for good') throw new PermanentError('SERVICE_REFUSED', '400');
    if (fate === 'lost') throw new RetryableError('timeout');
    const name = `job-${attempt}`;
    this.made.set(attempt, name);
    if (fate === 'made but unanswered') throw new RetryableError('timeout');
    return name;
  }
}

/** A world with the run that needs the effect. */
function worldWithRun(): World {
  const world = emptyWorld();
  const at = new Date(world.nowMs).toISOString();
  const input = {bucket: 'b', name: 'p/data/x.csv', generation: '1', epoch: 0};
  const run: Run = {
    id: 'r1',
    pipeline: 'p',
    state: 'built',
    rev: 1,
    input,
    createdAt: at,
    updatedAt: at,
    history: [],
  };
  world.runs.set('r1', run);
  return world;
}

/** Delivers once; the outcome is the resource, or the error. */
function settle(world: World, service: GuardedEffect): Promise<unknown> {
  return settleEffect(memoryPorts(world).effects, service).catch((error: unknown) => error);
}

describe('settleEffect', () => {
  it('creates once and gives the same resource ever after', async () => {
    const world = worldWithRun();
    const service = new ScriptedService([]);

    assert.deepEqual(
      [await settle(world, service), await settle(world, service), await settle(world, service)],
      ['job-1', 'job-1', 'job-1'],
    );
    assert.deepEqual(service.attempts, [1]);
  });

  it('does not look up what was never sent', async () => {
    const service: GuardedEffect = {
      key: KEY,
      runId: 'r1',
      find: () => Promise.reject(new Error('looked up')),
      create: async () => 'job-1',
    };

    assert.equal(await settle(worldWithRun(), service), 'job-1');
  });

  it('adopts what an unanswered request made, at once and for good', async () => {
    const world = worldWithRun();
    const service = new ScriptedService(['made but unanswered']);

    await settle(world, service);

    assert.equal(await settle(world, service), 'job-1');
    assert.deepEqual(service.attempts, [1]);
    assert.equal(world.effects.get(KEY)?.resource, 'job-1');
  });

  it('sends nothing while a lost request may still take effect, and says how long', async () => {
    const world = worldWithRun();
    const service = new ScriptedService(['lost']);
    await settle(world, service);
    world.nowMs += QUARANTINE_MS - 1500;

    const error = await settle(world, service);

    assert.ok(error instanceof NotYetError);
    assert.match(error.message, /r1-tune: .* looking again in 2 s/);
    assert.deepEqual(service.attempts, [1]);
  });

  it('sends the next attempt after that', async () => {
    const world = worldWithRun();
    const service = new ScriptedService(['lost']);
    await settle(world, service);
    world.nowMs += QUARANTINE_MS;

    assert.equal(await settle(world, service), 'job-2');
  });

  it('sends again without waiting after a refusal', async () => {
    const world = worldWithRun();
    const service = new ScriptedService(['refused']);

    assert.ok((await settle(world, service)) instanceof RefusedError);
    assert.equal(await settle(world, service), 'job-2');
  });

  it('passes on a refusal for good', async () => {
    const error = await settle(worldWithRun(), new ScriptedService(['refused for good']));

    assert.ok(error instanceof PermanentError);
  });

  it('leaves the sending to the delivery that claimed the attempt', async () => {
    const world = worldWithRun();
    const service = new ScriptedService([]);

    const outcomes = await Promise.all([settle(world, service), settle(world, service)]);

    assert.deepEqual(service.attempts, [1]);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome instanceof NotYetError ? outcome.message : outcome)),
      ['job-1', 'r1-tune: another delivery is sending attempt 1'],
    );
  });

  it('adopts nothing that another attempt made', async () => {
    const world = worldWithRun();
    const service = new ScriptedService(['refused', 'lost']);
    service.made.set(1, 'job-1');
    await settle(world, service);
    await settle(world, service);

    assert.ok((await settle(world, service)) instanceof NotYetError);
    assert.equal(world.effects.get(KEY)?.resource, undefined);
  });

  it('sends nothing for a run that has ended or shall be cancelled', async () => {
    const closed: readonly Partial<Run>[] = [
      {state: 'failed'},
      {cancelRequested: {by: 'ann', reason: 'wrong file', at: ''}},
    ];
    for (const changes of closed) {
      const world = worldWithRun();
      world.runs.set('r1', {...world.runs.get('r1')!, ...changes});
      const service = new ScriptedService([]);

      assert.ok((await settle(world, service)) instanceof NotYetError);
      assert.deepEqual([service.attempts, world.effects.size], [[], 0]);
    }
  });

  it('does not carry on with what it made when its attempt has been given up meanwhile', async () => {
    const world = worldWithRun();
    const {effects} = memoryPorts(world);
    const stalled: GuardedEffect = {
      key: KEY,
      runId: 'r1',
      find: async () => undefined,
      async create() {
        await effects.intend(KEY, 2, 'r1');
        return 'job-1';
      },
    };

    const error = await settle(world, stalled);

    assert.ok(error instanceof NotYetError);
    assert.match(error.message, /attempt 1 was given up while it made job-1/);
    assert.equal(world.effects.get(KEY)?.resource, undefined);
  });

  it('never sends an attempt twice and never makes two resources, whatever fails and crashes', async () => {
    const anyDelivery = fc.record({
      copies: fc.integer({min: 1, max: 3}),
      crashBefore: fc.constantFrom(0, 1, 2, 3, Number.POSITIVE_INFINITY),
      thenMs: fc.constantFrom(0, 1000, QUARANTINE_MS - 1, QUARANTINE_MS),
    });
    const anyFates = fc.array(fc.constantFrom(...FATES), {maxLength: 6});
    await fc.assert(
      fc.asyncProperty(anyFates, fc.array(anyDelivery, {maxLength: 8}), async (fates, deliveries) => {
        const world = worldWithRun();
        const service = new ScriptedService(fates);
        for (const {copies, crashBefore, thenMs} of deliveries) {
          crashAfter(world, crashBefore);
          await Promise.all(Array.from({length: copies}, () => settle(world, service)));
          world.nowMs += thenMs;
        }
        world.beforeEffect = () => {};
        let outcome: unknown;
        for (let calm = 0; calm <= fates.length; calm++) {
          world.nowMs += QUARANTINE_MS;
          outcome = await settle(world, service);
        }

        assert.equal(new Set(service.attempts).size, service.attempts.length);
        assert.equal(service.made.size, 1);
        assert.equal(outcome, [...service.made.values()][0]);
      }),
      {numRuns: 300},
    );
  });
});

/** Lets so many writes pass and then dies at each; the service's own work is no write of ours. */
function crashAfter(world: World, writes: number): void {
  let left = writes;
  world.beforeEffect = () => {
    if (left-- <= 0) throw new Error('crash');
  };
}
