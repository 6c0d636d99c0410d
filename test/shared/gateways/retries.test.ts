import {outboxGateway} from '../../../shared/gateways/outbox.ts';
import {retriesGateway} from '../../../shared/gateways/retries.ts';
import {runsGateway} from '../../../shared/gateways/runs.ts';
import {retriesContract} from '../../contracts/retries.contract.ts';
import {removeFolder, serveFirestore, stateFolder} from '../../local/firestore/firestore-server.ts';
import {emptyWorld, memoryPorts, PLACE} from '../../support/memory-ports.ts';

retriesContract('a world in memory', async () => memoryPorts(emptyWorld()));

describe('Firestore', () => {
  let stop: () => Promise<void>;

  after(() => stop());

  retriesContract('Firestore', async () => {
    const folder = await stateFolder();
    const running = await serveFirestore(folder);
    stop = async () => {
      await running.close();
      await removeFolder(folder);
    };
    const firestore = async () => running.firestore;
    const outbox = outboxGateway(firestore, async () => undefined);
    return {runs: runsGateway(firestore, outbox, PLACE), retries: retriesGateway(firestore)};
  });
});
