import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {workflowexecutions_v1} from 'googleapis/build/src/apis/workflowexecutions/v1.js';
import {workflows_v1} from 'googleapis/build/src/apis/workflows/v1.js';
import {httpServer} from '../../../../local/http.ts';
import {openState} from '../../../../local/state.ts';
import {cloudWorkflows} from '../../../../local/workflows/cloud-workflows.ts';
import type {LogEntry} from '../../../../local/workflows/service/execution-log.ts';
import {VirtualClock} from './virtual-clock.ts';

export const PARENT = 'projects/demo/locations/us-central1';

/** A Cloud Workflows on its own state folder and a virtual clock, and Google's clients for it. */
export class WorkflowsServer {
  readonly clock = new VirtualClock();
  readonly logs: LogEntry[] = [];
  /** What workflows reach by HTTP. */
  fetch: typeof fetch = async () => new Response(null, {status: 404});
  readonly #folder: string;
  #stop: () => Promise<void> = async () => {};
  #address = '';

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<WorkflowsServer> {
    const server = new WorkflowsServer(await mkdtemp(join(tmpdir(), 'workflows-')));
    await server.#start();
    return server;
  }

  /** `http://127.0.0.1:port` */
  get address(): string {
    return this.#address;
  }

  get workflows() {
    return new workflows_v1.Workflows({rootUrl: `${this.#address}/`, retry: false}).projects.locations;
  }

  get executions() {
    const api = new workflowexecutions_v1.Workflowexecutions({rootUrl: `${this.#address}/`, retry: false});
    return api.projects.locations.workflows.executions;
  }

  /** Deploys a workflow and gives the end of the operation. */
  async deploy(workflowId: string, sourceContents: string) {
    const requestBody = {sourceContents};
    const {data} = await this.workflows.workflows.create({parent: PARENT, workflowId, requestBody});
    return (await this.workflows.operations.get({name: data.name ?? ''})).data;
  }

  /** Starts a deployed workflow. */
  async execute(workflowId: string, requestBody: workflowexecutions_v1.Schema$Execution = {}) {
    const parent = `${PARENT}/workflows/${workflowId}`;
    return (await this.executions.create({parent, requestBody})).data;
  }

  /** Lets time pass until the execution is over. */
  async ended(name: string | null | undefined): Promise<workflowexecutions_v1.Schema$Execution> {
    while (true) {
      const {data} = await this.executions.get({name: name ?? ''});
      if (data.state !== 'ACTIVE') return data;
      this.clock.advance();
    }
  }

  /** Ends the process's half without warning and starts it again on the same state. */
  async restart(): Promise<void> {
    await this.#stop();
    await this.#start();
  }

  async close(): Promise<void> {
    await this.#stop();
    await rm(this.#folder, {recursive: true});
  }

  async #start(): Promise<void> {
    const state = openState(this.#folder);
    const app = httpServer();
    const cloud = cloudWorkflows({
      state,
      project: {id: 'demo', number: '123456'},
      clock: this.clock,
      http: {
        fetch: (...args) => this.fetch(...args),
        googleApis: () => this.#address,
        authorize: async () => undefined,
      },
      log: (entry) => this.logs.push(entry),
    });
    await app.register(cloud.routes);
    this.#address = await app.listen({host: '127.0.0.1', port: 0});
    cloud.resume();
    this.#stop = async () => {
      cloud.close();
      await app.close();
      state.close();
    };
  }
}
