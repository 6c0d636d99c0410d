import assert from 'node:assert/strict';
import {Firestore} from '@google-cloud/firestore';
import {permitLimits} from '../../shared/domain/permits.ts';
import {permitsGateway} from '../../shared/gateways/permits.ts';
import {permitsContract} from '../contracts/permits.contract.ts';
import {LIMITS} from '../support/memory-permits.ts';
import {type Emulator, startEmulator} from './emulator.ts';

const CROWD = 1000;
/** Processes in which they ask, so to say: a client has one connection. */
const CLIENTS = 4;
const AT_ONCE = 20;
const LIMIT_MS = 60_000;

describe('permits on Google’s Firestore emulator', function () {
  this.timeout(2 * LIMIT_MS);
  let emulator: Emulator | undefined;
  let databases = 0;

  before(async function () {
    emulator = await startEmulator('firestore');
    if (emulator === undefined) this.skip();
  });

  after(() => emulator?.stop());

  function clientOf(projectId: string): Firestore {
    return new Firestore({
      projectId,
      host: emulator?.host ?? '',
      ssl: false,
      customHeaders: {Authorization: 'Bearer owner'},
    });
  }

  permitsContract('the official emulator', async () => {
    databases += 1;
    const firestore = clientOf(`permits-${databases}`);
    return {permits: permitsGateway(async () => firestore, LIMITS), close: () => firestore.terminate()};
  });

  it(`are all given when ${CROWD} ask at the same moment`, async () => {
    const limits = permitLimits({build: AT_ONCE, tuning: AT_ONCE, training: AT_ONCE});
    const clients = Array.from({length: CLIENTS}, () => clientOf('crowd'));
    const start = performance.now();

    const granted = await Promise.all(
      clients.flatMap((client, number) => {
        const {take} = permitsGateway(async () => client, limits);
        return Array.from({length: CROWD / CLIENTS}, (_, index) => take('tuning', `r${number}-${index}`));
      }),
    );

    const elapsedMs = performance.now() - start;
    const waiting = await clients[0]?.collection('permits/tuning/line').count().get();
    await Promise.all(clients.map((client) => client.terminate()));
    console.log(`      ${CROWD} asked in ${(elapsedMs / 1000).toFixed(1)} s`);
    assert.equal(granted.filter(Boolean).length, AT_ONCE);
    assert.equal(waiting?.data().count, CROWD - AT_ONCE);
    assert.ok(elapsedMs < LIMIT_MS);
  });
});
