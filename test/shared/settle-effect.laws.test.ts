import assert from 'node:assert/strict';
import fc from 'fast-check';
import {QUARANTINE_MS} from '../../shared/domain/effect.ts';
import type {World} from '../support/memory-ports.ts';
import {FATES, ScriptedEffect, settle, worldWithRun} from '../support/scripted-effect.ts';

/** Deliveries at one moment, and what happens after they began. */
const anyMoment = fc.record({
  copies: fc.integer({min: 1, max: 3}),
  crashBefore: fc.constantFrom(0, 1, 2, 3, 4, Number.POSITIVE_INFINITY),
  thenMs: fc.constantFrom(0, 1000, QUARANTINE_MS - 1, QUARANTINE_MS),
  lists: fc.boolean(),
  lands: fc.boolean(),
  wakes: fc.boolean(),
  starts: fc.boolean(),
});

type Moment = typeof anyMoment extends fc.Arbitrary<infer T> ? T : never;

/** A service, and everybody who wants its job. */
class Story {
  readonly world: World = worldWithRun();
  readonly effect: ScriptedEffect;
  readonly #deliveries: Promise<unknown>[] = [];

  constructor(fates: ConstructorParameters<typeof ScriptedEffect>[1]) {
    this.effect = new ScriptedEffect(this.world, fates);
  }

  /** One delivery; its outcome is the resource, or the error. */
  settle(): Promise<unknown> {
    return settle(this.world, this.effect);
  }

  async play({copies, crashBefore, thenMs, lists, lands, wakes, starts}: Moment): Promise<void> {
    const {world, effect} = this;
    world.beforeEffect = dyingAfter(crashBefore);
    effect.setLists(lists);
    for (let copy = 0; copy < copies; copy++) this.#deliveries.push(this.settle());
    await new Promise(setImmediate);
    if (lands) effect.land();
    if (wakes) effect.wake();
    if (starts) effect.start();
    world.nowMs += thenMs;
  }

  /** Everything that was under way comes to its end, then nothing fails any more. */
  async calmDown(rounds: number): Promise<unknown> {
    const {world, effect} = this;
    world.beforeEffect = () => {};
    effect.setLists(true);
    effect.land();
    effect.wake();
    await Promise.all(this.#deliveries);
    let outcome: unknown;
    for (let round = 0; round < rounds; round++) {
      world.nowMs += QUARANTINE_MS;
      const settled = this.settle();
      await new Promise(setImmediate);
      effect.wake();
      outcome = await settled;
      effect.land();
      effect.start();
    }
    return outcome;
  }
}

/** Lets so many writes pass and then dies at each; the service's own work is no write of ours. */
function dyingAfter(writes: number): World['beforeEffect'] {
  let left = writes;
  return () => {
    if (left-- <= 0) throw new Error('crash');
  };
}

describe('settleEffect', () => {
  it('never sends an attempt twice and never lets two jobs work, whatever fails, stalls and crashes', async () => {
    const anyFates = fc.array(fc.constantFrom(...FATES), {maxLength: 6});
    await fc.assert(
      fc.asyncProperty(anyFates, fc.array(anyMoment, {maxLength: 8}), async (fates, moments) => {
        const story = new Story(fates);
        for (const moment of moments) await story.play(moment);
        const outcome = await story.calmDown(fates.length + 2);

        const {attempts, paid} = story.effect;
        assert.equal(new Set(attempts).size, attempts.length);
        assert.deepEqual(paid, [outcome]);
      }),
      {numRuns: 1000},
    );
  });
});
