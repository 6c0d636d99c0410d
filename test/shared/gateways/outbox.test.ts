import {RetryableError} from '../../../shared/errors.ts';
import {outboxGateway} from '../../../shared/gateways/outbox.ts';
import {runsGateway} from '../../../shared/gateways/runs.ts';
import {outboxContract} from '../../contracts/outbox.contract.ts';
import {removeFolder, serveFirestore, stateFolder} from '../../local/firestore/firestore-server.ts';
import {emptyWorld, memoryPorts, PLACE} from '../../support/memory-ports.ts';

/** Fails once when told to. */
function losing() {
  let isLost = false;
  return {
    lose: () => {
      isLost = true;
    },
    attempt: () => {
      if (!isLost) return;
      isLost = false;
      throw new RetryableError('the message was lost');
    },
  };
}

outboxContract('a world in memory', async () => {
  const world = emptyWorld();
  const {lose, attempt} = losing();
  world.beforeEffect = (name) => {
    if (name.startsWith('publish')) attempt();
  };
  return {ports: memoryPorts(world), lose, close: async () => {}};
});

outboxContract('Firestore', async () => {
  const folder = await stateFolder();
  const running = await serveFirestore(folder);
  const {lose, attempt} = losing();
  const firestore = async () => running.firestore;
  const outbox = outboxGateway(firestore, async () => attempt());
  const close = async () => {
    await running.close();
    await removeFolder(folder);
  };
  return {ports: {runs: runsGateway(firestore, outbox, PLACE), outbox}, lose, close};
});
