import {mkdtemp, rm} from 'node:fs/promises';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Storage} from '@google-cloud/storage';
import {bigquery_v2} from 'googleapis/build/src/apis/bigquery/v2.js';
import {bigQuery} from '../../../local/bigquery/big-query.ts';
import {httpServer} from '../../../local/http.ts';
import {openState} from '../../../local/state.ts';
import {storageService} from '../../../local/storage/service.ts';

export interface LocalBigQuery {
  /** Google's own client. */
  readonly client: bigquery_v2.Bigquery;
  readonly storage: Storage;
  /** The text of all objects whose names begin so, by name. */
  textsOf(prefix: string): Promise<Record<string, string>>;
  /** Serves the same folder anew, as after a kill: nothing of the first is closed first. */
  again(): Promise<LocalBigQuery>;
  /** Ends serving and leaves the folder. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export const BUCKET = 'the-bucket';

/** BigQuery and Cloud Storage on a free port, with a bucket in us-central1. */
export async function startBigQuery(): Promise<LocalBigQuery> {
  const local = await serve(await mkdtemp(join(tmpdir(), 'bigquery-')));
  await local.storage.createBucket(BUCKET, {location: 'us-central1'});
  return local;
}

async function serve(folder: string): Promise<LocalBigQuery> {
  const app = httpServer();
  const state = openState(folder);
  await app.register(storageService({state, publish: () => '1', projectNumber: '123456789012'}));
  await app.register(bigQuery(state));
  await app.listen({port: 0, host: '127.0.0.1'});
  const {port} = app.server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const storage = new Storage({apiEndpoint: origin, projectId: 'the-project'});
  async function stop() {
    await app.close();
    state.close();
  }
  return {
    client: new bigquery_v2.Bigquery({rootUrl: `${origin}/`, auth: 'key', retry: false}),
    storage,
    async textsOf(prefix) {
      const [files] = await storage.bucket(BUCKET).getFiles({prefix});
      const texts = await Promise.all(
        files.map(async (file) => [file.name, String(await file.download())] as const),
      );
      return Object.fromEntries(texts);
    },
    again: () => serve(folder),
    stop,
    async close() {
      await stop();
      await rm(folder, {recursive: true, force: true});
    },
  };
}
