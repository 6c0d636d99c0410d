import assert from 'node:assert/strict';
import {stub} from 'sinon';
import {permitsGateway} from '../../../shared/gateways/permits.ts';
import {permitsContract} from '../../contracts/permits.contract.ts';
import {removeFolder, serveFirestore, stateFolder} from '../../local/firestore/firestore-server.ts';
import {LIMITS} from '../../support/memory-permits.ts';
import {emptyWorld, memoryPorts} from '../../support/memory-ports.ts';

permitsContract('a world in memory', async () => ({
  permits: memoryPorts(emptyWorld()).permits,
  close: async () => {},
}));

permitsContract('Firestore', async () => {
  const folder = await stateFolder();
  const running = await serveFirestore(folder);
  const close = async () => {
    await running.close();
    await removeFolder(folder);
  };
  return {permits: permitsGateway(async () => running.firestore, LIMITS), close};
});

describe('the permits on Firestore', () => {
  it('ask for another delivery, which costs the run nothing, when too many ask at one moment', async () => {
    const folder = await stateFolder();
    const running = await serveFirestore(folder);
    stub(running.firestore, 'runTransaction').rejects(
      Object.assign(new Error('too much contention'), {code: 10}),
    );
    const permits = permitsGateway(async () => running.firestore, LIMITS);

    await assert.rejects(permits.take('build', 'a'), {name: 'NotYetError'});

    await running.close();
    await removeFolder(folder);
  });
});
