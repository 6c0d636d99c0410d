import {startLocalProject} from '../../cli/local-project.ts';
import {wholePath} from '../pipeline/whole-path.ts';
import {startEmulator} from './emulator.ts';
import {moveMessages} from './move-messages.ts';

wholePath('Google’s emulators', async (folder) => {
  const [firestore, pubsub] = await Promise.all([startEmulator('firestore'), startEmulator('pubsub')]);
  if (firestore === undefined || pubsub === undefined) {
    console.warn('skipped: the emulators need gcloud with their components, and Java');
    return undefined;
  }
  const hosts = {FIRESTORE_EMULATOR_HOST: firestore.host, PUBSUB_EMULATOR_HOST: pubsub.host};
  const project = await startLocalProject({folder, port: 0, functionEnv: hosts});
  const stopMoving = await moveMessages(project.httpUrl, pubsub.host);
  return {
    ...project,
    env: {...project.env, ...hosts},
    async close() {
      await project.close();
      await stopMoving();
      await Promise.all([firestore.stop(), pubsub.stop()]);
    },
  };
});
