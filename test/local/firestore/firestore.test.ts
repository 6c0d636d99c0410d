import {firestoreContract} from '../../contracts/firestore.contract.ts';
import {removeFolder, serveFirestore, stateFolder} from './firestore-server.ts';

firestoreContract('the local cloud', async () => {
  const folder = await stateFolder();
  const {firestore, close} = await serveFirestore(folder);
  return {
    firestore,
    close: async () => {
      await close();
      await removeFolder(folder);
    },
  };
});
