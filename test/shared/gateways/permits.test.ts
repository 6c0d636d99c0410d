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
