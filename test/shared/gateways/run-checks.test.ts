import assert from 'node:assert/strict';
import {Timestamp} from '@google-cloud/firestore';
import {inventoryGateway} from '../../../shared/gateways/inventory.ts';
import {outboxGateway} from '../../../shared/gateways/outbox.ts';
import {runChecksGateway} from '../../../shared/gateways/run-checks.ts';
import {runsGateway} from '../../../shared/gateways/runs.ts';
import {type ChecksWorld, runChecksContract} from '../../contracts/run-checks.contract.ts';
import {removeFolder, serveFirestore, stateFolder} from '../../local/firestore/firestore-server.ts';
import {emptyWorld, memoryPorts, PLACE} from '../../support/memory-ports.ts';

runChecksContract('a world in memory', async () => {
  const world = emptyWorld();
  const age = async (id: string) => {
    world.nextChecksMs.set(id, world.nowMs);
    world.nowMs += 1;
  };
  return {ports: memoryPorts(world), age, close: async () => {}};
});

async function overFirestore() {
  const folder = await stateFolder();
  const running = await serveFirestore(folder);
  const firestore = async () => running.firestore;
  const runs = runsGateway(
    firestore,
    outboxGateway(firestore, async () => {}),
    PLACE,
  );
  const collection = running.firestore.collection('runs');
  const ports: ChecksWorld['ports'] = {
    runs,
    checks: runChecksGateway(firestore),
    inventory: inventoryGateway(firestore),
  };
  let agedMs = 0;
  const age = async (id: string) => {
    await collection.doc(id).update({nextCheckAt: Timestamp.fromMillis(++agedMs)});
  };
  const close = async () => {
    await running.close();
    await removeFolder(folder);
  };
  return {ports, age, close, collection};
}

runChecksContract('Firestore', overFirestore);

describe('the checks of runs on Firestore', () => {
  it('pass over a run that another version wrote', async () => {
    const {ports, collection, close} = await overFirestore();
    await collection.doc('r1').set({id: 'r1', state: 'dreaming', nextCheckAt: Timestamp.fromMillis(1)});

    assert.deepEqual(await ports.checks.due(10), []);
    await close();
  });
});
