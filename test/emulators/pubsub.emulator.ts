import {PubSub} from '@google-cloud/pubsub';
import {pubsubContract} from '../contracts/pubsub.contract.ts';
import {type Emulator, startEmulator} from './emulator.ts';

describe('Google’s Pub/Sub emulator', function () {
  this.timeout(60_000);
  let emulator: Emulator | undefined;

  before(async function () {
    emulator = await startEmulator('pubsub');
    if (emulator) return;
    console.warn('skipped: the Pub/Sub emulator needs gcloud with its pubsub-emulator component, and Java');
    this.skip();
  });

  after(() => emulator?.stop());

  pubsubContract('the official emulator', async () => ({
    pubsub: new PubSub({projectId: 'contract', apiEndpoint: emulator?.host ?? '', emulatorMode: true}),
    close: async () => {},
  }));
});
