import {mkdtemp, rm} from 'node:fs/promises';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Storage} from '@google-cloud/storage';
import {httpServer} from '../../../local/http.ts';
import type {OutgoingMessage, Publish} from '../../../local/publish.ts';
import {openState} from '../../../local/state.ts';
import {storageService} from '../../../local/storage/service.ts';

export interface Published extends OutgoingMessage {
  readonly topic: string;
}

export interface LocalStorage {
  /** E.g. `http://127.0.0.1:41234`. */
  readonly origin: string;
  readonly folder: string;
  readonly storage: Storage;
  /** What has been announced so far. */
  readonly published: readonly Published[];
  /** Ends serving and leaves the folder. */
  stop(): Promise<void>;
  /** Serves the same folder anew, as after a kill: nothing of the first is closed first. */
  again(publish?: Publish): Promise<LocalStorage>;
  close(): Promise<void>;
}

/** The service with real clients on a free port of this machine, over a folder that `close` removes. */
export async function startStorage(publish: Publish = () => '1'): Promise<LocalStorage> {
  return serve(await mkdtemp(join(tmpdir(), 'storage-')), publish);
}

async function serve(folder: string, publish: Publish): Promise<LocalStorage> {
  const published: Published[] = [];
  const app = httpServer();
  const recording: Publish = (topic, message) => {
    published.push({topic, ...message});
    return publish(topic, message);
  };
  const state = openState(folder);
  await app.register(storageService({state, publish: recording, projectNumber: '123456789012'}));
  await app.listen({port: 0, host: '127.0.0.1'});
  const {port} = app.server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  async function stop() {
    await app.close();
    state.close();
  }
  return {
    origin,
    folder,
    storage: new Storage({apiEndpoint: origin, projectId: 'local'}),
    published,
    again: (other = publish) => serve(folder, other),
    stop,
    async close() {
      await stop();
      await rm(folder, {recursive: true, force: true});
    },
  };
}
