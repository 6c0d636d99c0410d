import {randomUUID} from 'node:crypto';
import {EventEmitter, once} from 'node:events';
import {deserialize, serialize} from 'node:v8';
import {ApiError} from '../../api-error.ts';
import type {Collection, State} from '../../state.ts';
import type {Clock} from '../clock.ts';
import type {CallbackWait} from '../run/effect.ts';
import type {Answer} from '../run/execution.ts';
import {failure} from '../run/raised.ts';
import {mapOf, type ValueMap} from '../run/value.ts';

interface CallbackEndpoint {
  readonly method: string;
  readonly requests: readonly {
    /** In the serialization of V8, which tells ints from doubles, in base64. */
    readonly kept: string;
    /** The wait that has it for its answer. */
    readonly takenBy?: string;
  }[];
}

/**
 * The endpoints that executions wait at. A request that comes before anybody waits is kept, each request answers one wait, and a
 * wait that a restart interrupts finds the request it had.
 * @see https://cloud.google.com/workflows/docs/creating-callback-endpoints
 */
export class Callbacks {
  /** By the name `<execution>/callbacks/<id>`. */
  readonly #endpoints: Collection<CallbackEndpoint>;
  readonly #clock: Clock;
  readonly #arrivals = new EventEmitter().setMaxListeners(0);

  constructor(state: State, clock: Clock) {
    this.#endpoints = state.collection('workflows.callbacks');
    this.#clock = clock;
  }

  /** @returns the name of a new endpoint */
  create(execution: string, method: string): string {
    const name = `${execution}/callbacks/${randomUUID()}`;
    this.#endpoints.set(name, {method, requests: []});
    return name;
  }

  /** @param request what the workflow sees as `http_request` @throws ApiError NOT_FOUND, or INVALID_ARGUMENT with HTTP status 405 for another method than the endpoint's. */
  receive(name: string, method: string, request: ValueMap): void {
    const endpoint = this.#endpoints.get(name);
    if (endpoint === undefined) throw new ApiError('NOT_FOUND', `Callback "${name}" was not found.`);
    if (endpoint.method !== method) {
      throw new ApiError('INVALID_ARGUMENT', `Callback "${name}" takes ${endpoint.method}, not ${method}.`, {
        httpCode: 405,
      });
    }
    const received = mapOf({
      http_request: request,
      received_time: new Date(this.#clock.now()).toISOString(),
      type: 'HTTP',
    });
    const kept = serialize(received).toString('base64');
    this.#endpoints.set(name, {...endpoint, requests: [...endpoint.requests, {kept}]});
    this.#arrivals.emit(name);
  }

  /** The next request of an endpoint, or what a workflow raises when none comes. Rejects when `signal` is aborted. */
  async next(asked: CallbackWait, execution: string, signal: AbortSignal): Promise<Answer> {
    const name = asked.url.slice(asked.url.indexOf('/projects/') + 1);
    if (!name.startsWith(`${execution}/callbacks/`) || !this.#endpoints.has(name)) {
      const {value} = failure('ValueError', `${asked.url} is no callback endpoint of this execution`);
      return {raised: value};
    }
    const taken = this.#take(name, asked.wait);
    if (taken !== undefined) return {value: taken};
    if (await this.#arrives(name, asked.untilMs, signal)) return this.next(asked, execution, signal);
    return {raised: failure('TimeoutError', `no callback has come to ${asked.url}`).value};
  }

  /** Forgets the endpoints of an execution that has ended. */
  delete(execution: string): void {
    const own = [...this.#endpoints.entries()].filter(([name]) => name.startsWith(`${execution}/callbacks/`));
    for (const [name] of own) this.#endpoints.delete(name);
  }

  /** The request that a wait has, or takes now. */
  #take(name: string, wait: string): ValueMap | undefined {
    const endpoint = this.#endpoints.get(name);
    const requests = endpoint?.requests ?? [];
    const own = requests.find(({takenBy}) => takenBy === wait);
    const request = own ?? requests.find(({takenBy}) => takenBy === undefined);
    if (endpoint === undefined || request === undefined) return undefined;
    const marked = requests.map((other) => (other === request ? {...other, takenBy: wait} : other));
    this.#endpoints.set(name, {...endpoint, requests: marked});
    return deserialize(Buffer.from(request.kept, 'base64'));
  }

  /** Does a request come before the time is up? */
  async #arrives(name: string, untilMs: number, signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const timeUp = this.#clock.sleep(Math.max(0, untilMs - this.#clock.now()), either);
    try {
      return await Promise.race([
        timeUp.then(() => false),
        once(this.#arrivals, name, {signal: either}).then(() => true),
      ]);
    } finally {
      over.abort();
    }
  }
}
