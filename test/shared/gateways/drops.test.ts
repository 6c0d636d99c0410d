import {dropsGateway} from '../../../shared/gateways/drops.ts';
import {outboxGateway} from '../../../shared/gateways/outbox.ts';
import {runsGateway} from '../../../shared/gateways/runs.ts';
import {dropsContract} from '../../contracts/drops.contract.ts';
import {removeFolder, serveFirestore, stateFolder} from '../../local/firestore/firestore-server.ts';
import {emptyWorld, memoryPorts, PLACE} from '../../support/memory-ports.ts';

dropsContract('a world in memory', async () => ({ports: memoryPorts(emptyWorld()), close: async () => {}}));

dropsContract('Firestore', async () => {
  const folder = await stateFolder();
  const running = await serveFirestore(folder);
  const firestore = async () => running.firestore;
  const runs = runsGateway(
    firestore,
    outboxGateway(firestore, async () => {}),
    PLACE,
  );
  const close = async () => {
    await running.close();
    await removeFolder(folder);
  };
  return {ports: {runs, drops: dropsGateway(firestore)}, close};
});
