import type {HttpRequest} from '../../local/workflows/run/effect.ts';
import type {Answer} from '../../local/workflows/run/execution.ts';
import {fromJson, toJson} from '../../local/workflows/run/json.ts';
import {failure, tagged} from '../../local/workflows/run/raised.ts';
import type {Build, Job} from '../../shared/job-ports.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import type {Bus} from './bus.ts';
import type {Chance} from './chance.ts';
import type {Host} from './host.ts';
import type {Trace} from './trace.ts';
import type {VirtualTime} from './virtual-time.ts';

export interface Surroundings {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly trace: Trace;
  readonly bus: Bus;
  readonly host: Host;
  readonly world: World;
}

/** When a request that was not answered counts as broken. */
const DEADLINE_MS = 60_000;

const JOB_STATES: Readonly<Record<Job['state'], string>> = {
  waiting: 'JOB_STATE_PENDING',
  running: 'JOB_STATE_RUNNING',
  succeeded: 'JOB_STATE_SUCCEEDED',
  failed: 'JOB_STATE_FAILED',
  cancelled: 'JOB_STATE_CANCELLED',
};

const BUILD_STATES: Readonly<Record<Build['state'], string>> = {
  waiting: 'WORKING',
  succeeded: 'SUCCESS',
  failed: 'FAILURE',
};

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** How a request of a workflow goes wrong. */
const BREAKS = ['lost', 'applied', 'refused', 'unavailable'] as const;

/** What workflows reach over HTTP: the function rerun, Pub/Sub, Cloud Build and Vertex AI. */
export class GoogleApis {
  readonly #on: Surroundings;
  readonly #broken: number;

  /** @param broken the share of requests that fail */
  constructor(surroundings: Surroundings, broken: number) {
    this.#on = surroundings;
    this.#broken = broken;
  }

  send(request: HttpRequest): Promise<Answer> {
    const {chance, time, trace} = this.#on;
    const fault = chance.happens(this.#broken) ? chance.pick(BREAKS) : undefined;
    if (fault !== undefined) trace.add(`${request.method} ${request.url} ${fault}`);
    return new Promise((resolve) => {
      const timeoutMs = Math.min(request.timeoutMs, DEADLINE_MS);
      const forget = time.after(timeoutMs, () =>
        resolve({raised: failure('TimeoutError', request.url).value}),
      );
      const answered = (reply: Reply) => {
        forget();
        time.after(chance.between(5, 200), () => resolve(answerOf(reply)));
      };
      if (fault === 'refused') answered({status: 429, body: {}});
      else if (fault === 'unavailable') answered({status: 503, body: {}});
      else if (fault !== 'lost')
        time.after(chance.between(5, 200), () =>
          this.#arrive(request, fault === 'applied' ? () => {} : answered),
        );
    });
  }

  #arrive({method, url, body}: HttpRequest, answered: (reply: Reply) => void): void {
    const {host} = this.#on;
    const given: unknown = body === undefined ? undefined : JSON.parse(toJson(body));
    const {hostname, pathname} = new URL(url);
    if (hostname === 'rerun.example')
      host.request('rerun', {method, body: given as object}, (status, answer) =>
        answered({status, body: answer}),
      );
    else answered(this.#reply(pathname, given));
  }

  #reply(path: string, body: unknown): Reply {
    const id = path.slice(path.lastIndexOf('/') + 1);
    if (path.endsWith(':publish')) return this.#publish(id.replace(':publish', ''), body);
    return path.endsWith(':cancel') ? this.#cancel(id.replace(':cancel', '')) : this.#find(id);
  }

  #publish(topic: string, body: unknown): Reply {
    const {messages} = body as {messages: {data: string; attributes?: Record<string, string>}[]};
    for (const {data, attributes} of messages)
      this.#on.bus.publish(topic, JSON.parse(Buffer.from(data, 'base64').toString()), attributes);
    return {status: 200, body: {messageIds: ['1']}};
  }

  #find(id: string): Reply {
    const {builds, jobs} = this.#on.world;
    const build = builds.get(id);
    if (build !== undefined) return {status: 200, body: {status: BUILD_STATES[build.state]}};
    const job = jobs.get(id);
    return job === undefined ? {status: 404, body: {}} : {status: 200, body: {state: JOB_STATES[job.state]}};
  }

  #cancel(id: string): Reply {
    const {world} = this.#on;
    const {builds, platforms} = memoryPorts(world);
    const job = world.jobs.get(id);
    void (job === undefined ? builds.cancel(id) : platforms.vertex.jobs.cancel(job.name));
    return {status: 200, body: {}};
  }
}

function answerOf({status, body}: Reply): Answer {
  const fields = {code: BigInt(status), headers: new Map(), body: fromJson(JSON.stringify(body))};
  if (status < 400) return {value: new Map(Object.entries(fields))};
  return {raised: tagged('HttpError', `HTTP server responded with error code ${status}`, fields).value};
}
