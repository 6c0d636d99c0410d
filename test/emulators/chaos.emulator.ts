import assert from 'node:assert/strict';
import type {Hit} from '../chaos/agent/orders.ts';
import {playRound} from '../chaos/play-round.ts';
import {type Scene, setScene} from '../chaos/scene.ts';
import {summary} from '../chaos/summary.ts';
import {planTrouble} from '../chaos/variants.ts';
import {type Emulator, startEmulator} from './emulator.ts';

const SIZE = 20;
/** The emulators' time is the real one, so a quarantine takes its 130 seconds. */
const LIMIT_MS = 600_000;

describe('runs under kills on Google’s emulators', function () {
  this.timeout(2 * LIMIT_MS);
  let emulators: (Emulator | undefined)[] = [];
  let scene: Scene | undefined;

  before(async function () {
    emulators = await Promise.all([startEmulator('firestore'), startEmulator('pubsub')]);
    const [firestore, pubsub] = emulators;
    if (firestore === undefined || pubsub === undefined) {
      console.warn('skipped: the emulators need gcloud with their components, and Java');
      return this.skip();
    }
    scene = await setScene({
      size: SIZE,
      factor: 1,
      emulators: {firestore: firestore.host, pubsub: pubsub.host},
    });
  });

  after(async () => {
    await scene?.close();
    await Promise.all(emulators.map((emulator) => emulator?.stop()));
  });

  it('are released with one job of each kind, one version and one event', async () => {
    assert.ok(scene);
    const [planned] = planTrouble(1, 1, SIZE);
    assert.ok(planned);
    // The local cloud would come back with its own Pub/Sub.
    const orders = planned.orders.filter(({service}) => service !== 'cloud');
    const hits: Hit[] = [];

    const trouble = {orders, blows: planned.blows};
    const ledgers = await playRound(scene, {number: 0, trouble, limitMs: LIMIT_MS, hits});

    console.log(summary(hits));
    for (const {state, tuning, training, versions, told, why} of ledgers)
      assert.deepEqual([state, tuning, training, versions, told], ['released', 1, 1, 1, 1], why);
  });
});
