import {storageContract} from '../../contracts/storage.contract.ts';
import {startStorage} from './start-storage.ts';

storageContract('on this machine', async () => {
  const {storage, close} = await startStorage();
  await storage.createBucket('contract');
  return {storage, bucket: 'contract', close};
});
