import {Firestore} from '@google-cloud/firestore';
import {firestoreContract} from '../contracts/firestore.contract.ts';
import {type Emulator, startEmulator} from './emulator.ts';

describe('Google’s Firestore emulator', function () {
  this.timeout(60_000);
  let emulator: Emulator | undefined;

  before(async function () {
    emulator = await startEmulator('firestore');
    if (emulator) return;
    console.warn(
      'skipped: the Firestore emulator needs gcloud with its cloud-firestore-emulator component, and Java',
    );
    this.skip();
  });

  after(() => emulator?.stop());

  firestoreContract('the official emulator', async () => {
    const firestore = new Firestore({
      projectId: 'contract',
      host: emulator?.host ?? '',
      ssl: false,
      customHeaders: {Authorization: 'Bearer owner'},
    });
    return {firestore, close: () => firestore.terminate()};
  });
});
