import {join} from 'node:path';
import replyFrom from '@fastify/reply-from';
import type {FastifyPluginAsync} from 'fastify';
import {ApiError} from '../api-error.ts';
import {endLeftovers, type StartedProcess} from '../leftovers.ts';
import type {Collection, State} from '../state.ts';
import {type FunctionProcess, startFunction} from './function-process.ts';

/** What is deployed as functions. */
export interface FunctionsOptions {
  /** The built bundles, each in a folder of its function's name. */
  readonly folder: string;
  readonly names: readonly string[];
  /** The environment of a function; read at each start. */
  readonly env: (name: string) => Readonly<Record<string, string>>;
}

/** The functions of a project: started by their first request, like instances of Cloud Run, and started again after a crash. */
export class FunctionHost {
  readonly #options: FunctionsOptions;
  readonly #processes: Collection<StartedProcess>;
  readonly #logFolder: string;
  readonly #instances = new Map<string, Promise<FunctionProcess>>();
  #isClosed = false;

  private constructor(state: State, options: FunctionsOptions) {
    this.#options = options;
    this.#processes = state.collection('functions.processes');
    this.#logFolder = state.folder('logs');
  }

  /** Ends the functions that a killed cloud left running. Logs go to `logs/<name>.log` of the state's folder. */
  static async open(state: State, options: FunctionsOptions): Promise<FunctionHost> {
    const host = new FunctionHost(state, options);
    await endLeftovers(host.#processes);
    return host;
  }

  /** @throws ApiError NOT_FOUND, UNAVAILABLE */
  instance(name: string): Promise<FunctionProcess> {
    if (!this.#options.names.includes(name)) throw new ApiError('NOT_FOUND', `no function ${name}`);
    if (this.#isClosed) throw new ApiError('UNAVAILABLE', 'the function host has closed');
    const running = this.#instances.get(name) ?? this.#start(name);
    this.#instances.set(name, running);
    return running;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const instances = await Promise.allSettled(this.#instances.values());
    for (const instance of instances) {
      if (instance.status === 'fulfilled') instance.value.stop();
    }
    await Promise.all(
      instances.map((instance) => (instance.status === 'fulfilled' ? instance.value.exited : undefined)),
    );
  }

  async #start(name: string): Promise<FunctionProcess> {
    const {folder, env} = this.#options;
    const logFile = join(this.#logFolder, `${name}.log`);
    const forget = () => this.#instances.delete(name);
    try {
      const started = await startFunction({
        name,
        folder: join(folder, name),
        env: env(name),
        logFile,
        processes: this.#processes,
      });
      started.exited.then(forget);
      return started;
    } catch (error) {
      forget();
      throw new ApiError('UNAVAILABLE', String(error));
    }
  }
}

/** Serves the functions at `/functions/<name>`; the body passes through untouched. */
export function functionRoutes(host: FunctionHost): FastifyPluginAsync {
  return async (app) => {
    await app.register(replyFrom, {undici: {headersTimeout: 0, bodyTimeout: 0}});
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, body, done) => done(null, body));
    app.all<{Params: {name: string}}>('/functions/:name', async (request, reply) => {
      const {url} = await host.instance(request.params.name);
      const {search} = new URL(request.url, url);
      return reply.from(`${url}/${search}`, {
        onError: (answer) => {
          const broken = new ApiError(
            'UNAVAILABLE',
            `function ${request.params.name} ended before it answered`,
          );
          answer.code(broken.httpCode).send(broken.toJson());
        },
      });
    });
  };
}
