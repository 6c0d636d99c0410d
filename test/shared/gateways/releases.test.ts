import {outboxGateway} from '../../../shared/gateways/outbox.ts';
import {runsGateway} from '../../../shared/gateways/runs.ts';
import {releasesContract} from '../../contracts/releases.contract.ts';
import {removeFolder, serveFirestore, stateFolder} from '../../local/firestore/firestore-server.ts';
import {emptyWorld, memoryPorts, PLACE} from '../../support/memory-ports.ts';

releasesContract('a world in memory', async () => ({
  runs: memoryPorts(emptyWorld()).runs,
  close: async () => {},
}));

releasesContract('Firestore', async () => {
  const folder = await stateFolder();
  const running = await serveFirestore(folder);
  const firestore = async () => running.firestore;
  const outbox = outboxGateway(firestore, async () => {});
  const close = async () => {
    await running.close();
    await removeFolder(folder);
  };
  return {runs: runsGateway(firestore, outbox, PLACE), close};
});
