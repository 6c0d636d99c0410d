import assert from 'node:assert/strict';
import type {Hit} from './agent/orders.ts';
import type {RunLedger} from './ledger.ts';
import {NO_TROUBLE, playRound} from './play-round.ts';
import {type Scene, setScene} from './scene.ts';
import {summary} from './summary.ts';
import {planTrouble} from './variants.ts';

const SIZE = 20;
const ROUNDS = Number(process.env.CHAOS_ROUNDS ?? 10);
const SEED = Number(process.env.CHAOS_SEED ?? 1);
/** A quarantine of 130 seconds takes 13. */
const FACTOR = 10;
const LIMIT_MS = 240_000;

/** Real processes that die for real. docs/explanation/effectively-once.md says what is measured. */
describe(`runs under kills, seed ${SEED}`, function () {
  this.timeout(3 * LIMIT_MS);
  let scene: Scene;
  let calm: RunLedger | undefined;
  const hits: Hit[] = [];
  const round = (number: number, trouble = NO_TROUBLE) =>
    playRound(scene, {number, trouble, limitMs: LIMIT_MS, hits});

  before(async () => {
    scene = await setScene({size: SIZE, factor: FACTOR});
  });

  after(async () => {
    const jobs = await scene.ports.platforms.vertex.jobs.list({since: '1970-01-01T00:00:00Z'});
    await scene.close();
    console.log(summary(hits));
    console.log(
      `The cloud was started ${scene.rig.starts} times. ${(ROUNDS + 1) * SIZE} runs created ${jobs.length} jobs.`,
    );
  });

  it('release a version each when nothing dies', async () => {
    const ledgers = await round(0);

    [calm] = ledgers;
    assert.equal(calm?.state, 'released', calm?.why);
    assert.deepEqual([calm.tuning, calm.training, calm.versions, calm.told], [1, 1, 1, 1]);
    for (const ledger of ledgers) assert.deepEqual(ledger, calm);
  });

  for (const [index, trouble] of planTrouble(SEED, ROUNDS, SIZE).entries()) {
    it(`leave the same ledgers in round ${index + 1} of ${ROUNDS}`, async () => {
      const ledgers = await round(index + 1, trouble);

      for (const ledger of ledgers) assert.deepEqual(ledger, calm);
    });
  }
});
