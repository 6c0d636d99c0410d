import assert from 'node:assert/strict';
import {EventEmitter, once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import type {logging_v2} from 'googleapis/build/src/apis/logging/v2.js';
import {httpServer} from '../../../../local/http.ts';
import {openState} from '../../../../local/state.ts';
import {vertex} from '../../../../local/vertex/vertex.ts';
import {scriptContainers} from './script-containers.ts';

export const PARENT = 'projects/demo/locations/us-central1';
/** The same place as the service writes it. */
export const NUMBERED = 'projects/123456/locations/us-central1';

type LogEntry = logging_v2.Schema$LogEntry;

/** A Vertex AI with its own state folder, and Google's client for it. */
export class VertexCloud {
  readonly entries: LogEntry[] = [];
  readonly #images: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #ends = new EventEmitter();
  #stop: () => Promise<void> = async () => {};
  #api = new aiplatform_v1.Aiplatform({});
  #address = '';

  private constructor(folder: string, images: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#images = images;
  }

  /** @param images shell scripts by image name */
  static async open(images: Readonly<Record<string, string>>): Promise<VertexCloud> {
    const cloud = new VertexCloud(await mkdtemp(join(tmpdir(), 'vertex-')), images);
    await cloud.#start();
    return cloud;
  }

  get api() {
    return this.#api.projects.locations;
  }

  /** `http://127.0.0.1:port` */
  get address() {
    return this.#address;
  }

  get folder() {
    return this.#folder;
  }

  /** Stops the process's half of the cloud and starts it again on the same state. */
  async restart(): Promise<void> {
    await this.#stop();
    await this.#start();
  }

  async close(): Promise<void> {
    await this.#stop();
    await rm(this.#folder, {recursive: true});
  }

  /** The log entry that says that the job ended. */
  async ended(jobName: string | null | undefined): Promise<LogEntry> {
    const id = jobName?.split('/').at(-1) ?? '';
    const known = this.entries.find(({resource}) => resource?.labels?.job_id === id);
    if (known) return known;
    const [entry] = await once(this.#ends, id);
    return entry;
  }

  /** The operation once it is done. */
  async done(operation: aiplatform_v1.Schema$GoogleLongrunningOperation) {
    const {data} = await this.api.operations.wait({name: operation.name ?? '', timeout: '10s'});
    assert.equal(data.done, true);
    return data;
  }

  async #start(): Promise<void> {
    const state = openState(this.#folder);
    const containers = scriptContainers(this.#images);
    const app = httpServer();
    await app.register(
      vertex({
        state,
        containers,
        project: {id: 'demo', number: '123456'},
        publishLog: (entry) => {
          this.entries.push(entry);
          this.#ends.emit(entry.resource?.labels?.job_id ?? '', entry);
        },
        containerEnv: () => ({STORAGE_EMULATOR_HOST: 'http://127.0.0.1:9'}),
      }),
    );
    this.#address = await app.listen({host: '127.0.0.1', port: 0});
    this.#api = new aiplatform_v1.Aiplatform({rootUrl: `${this.#address}/`, retry: false});
    this.#stop = async () => {
      await app.close();
      await containers.close();
      state.close();
    };
  }
}

/** Asserts that the service refuses with this HTTP code and a message like this. */
export async function refused(request: Promise<unknown>, code: number, message: RegExp): Promise<void> {
  await assert.rejects(request, (error: {status?: number; message?: string}) => {
    assert.match(error.message ?? '', message);
    assert.equal(error.status, code);
    return true;
  });
}
