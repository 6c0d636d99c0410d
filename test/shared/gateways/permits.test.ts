import assert from 'node:assert/strict';
import {Timestamp, WriteBatch} from '@google-cloud/firestore';
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
  it('ask for another delivery, which costs the run nothing, when others win again and again', async () => {
    const folder = await stateFolder();
    const running = await serveFirestore(folder);
    await running.firestore.doc('permits/build/line/a').create({since: Timestamp.fromMillis(1)});
    stub(WriteBatch.prototype, 'commit').rejects(Object.assign(new Error('it is there'), {code: 6}));
    const permits = permitsGateway(async () => running.firestore, LIMITS);

    const asking = assert.rejects(permits.take('build', 'a'), {name: 'NotYetError'});

    await asking.finally(() => running.close());
    await removeFolder(folder);
  });
});
