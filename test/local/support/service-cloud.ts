import assert from 'node:assert/strict';
import {EventEmitter, once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {FastifyPluginAsync} from 'fastify';
import type {logging_v2} from 'googleapis/build/src/apis/logging/v2.js';
import {httpServer} from '../../../local/http.ts';
import type {Workshop} from '../../../local/jobs/workshop.ts';
import {openState, type State} from '../../../local/state.ts';
import {scriptContainers} from './script-containers.ts';

type LogEntry = logging_v2.Schema$LogEntry;

type Service = (
  options: Workshop & {readonly state: State; readonly publishLog: (entry: LogEntry) => void},
) => FastifyPluginAsync;

/** A service that runs containers, with a state folder of its own. Its images are shell scripts by name. */
export class ServiceCloud {
  readonly entries: LogEntry[] = [];
  readonly folder: string;
  /** `http://127.0.0.1:port` */
  address = '';
  readonly #service: Service;
  readonly #images: Readonly<Record<string, string>>;
  readonly #ends = new EventEmitter();
  #stop: () => Promise<void> = async () => {};

  private constructor(folder: string, service: Service, images: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#service = service;
    this.#images = images;
  }

  static async open(service: Service, images: Readonly<Record<string, string>>): Promise<ServiceCloud> {
    const cloud = new ServiceCloud(await mkdtemp(join(tmpdir(), 'service-')), service, images);
    await cloud.#start();
    return cloud;
  }

  /** Stops the process's half of the cloud and starts it again on the same state. */
  async restart(): Promise<void> {
    await this.#stop();
    await this.#start();
  }

  async close(): Promise<void> {
    await this.#stop();
    await rm(this.folder, {recursive: true});
  }

  /** The log entry that says that the job ended. */
  async ended(jobName: string | null | undefined): Promise<LogEntry> {
    const id = jobName?.split('/').at(-1) ?? '';
    const known = this.entries.find((entry) => jobOf(entry) === id);
    if (known) return known;
    const [entry] = await once(this.#ends, id);
    return entry;
  }

  async #start(): Promise<void> {
    const state = openState(this.folder);
    const containers = scriptContainers(this.#images);
    const app = httpServer();
    await app.register(
      this.#service({
        state,
        containers,
        project: {id: 'demo', number: '123456'},
        publishLog: (entry) => {
          this.entries.push(entry);
          this.#ends.emit(jobOf(entry), entry);
        },
        containerEnv: () => ({STORAGE_EMULATOR_HOST: 'http://127.0.0.1:9'}),
      }),
    );
    this.address = await app.listen({host: '127.0.0.1', port: 0});
    this.#stop = async () => {
      await app.close();
      await containers.close();
      state.close();
    };
  }
}

function jobOf({resource}: LogEntry): string {
  return resource?.labels?.job_id ?? resource?.labels?.pipeline_job_id ?? '';
}

/** Asserts that the service refuses with this HTTP code and a message like this. */
export async function refused(request: Promise<unknown>, code: number, message: RegExp): Promise<void> {
  await assert.rejects(request, (error: {status?: number; message?: string}) => {
    assert.match(error.message ?? '', message);
    assert.equal(error.status, code);
    return true;
  });
}
