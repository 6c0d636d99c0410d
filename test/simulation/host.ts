import pino from 'pino';
import {buildImage} from '../../functions/build-image.ts';
import {completeJob} from '../../functions/complete-job.ts';
import {receiveData} from '../../functions/receive-data.ts';
import {recordFailure} from '../../functions/record-failure.ts';
import {releaseModel} from '../../functions/release-model.ts';
import {rerun} from '../../functions/rerun.ts';
import {splitData} from '../../functions/split-data.ts';
import {startTuning} from '../../functions/start-tuning.ts';
import {sweep} from '../../functions/sweep.ts';
import {handle} from '../../shared/handle.ts';
import {handleHttp} from '../../shared/handle-http.ts';
import type {Ports} from '../../shared/ports.ts';
import {type AnyStage, erase} from '../support/story.ts';
import type {Settle} from './bus.ts';
import type {Network, Process} from './network.ts';

const STAGES = new Map<string, AnyStage>(
  [
    erase(receiveData),
    erase(splitData),
    erase(buildImage),
    erase(startTuning),
    erase(completeJob),
    erase(releaseModel),
    erase(recordFailure),
  ].map((stage) => [stage.name, stage]),
);

const HTTP_FUNCTIONS = new Map([rerun, sweep].map((http) => [http.name, http]));

const identity = {caller: async () => 'jo@the-project.example'};

/** A request of a caller who may ask. */
interface Asked {
  readonly method: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const silent = pino({level: 'silent'});

/** Runs the functions that are deployed, each call in an instance of its own that can crash. */
export class Host {
  readonly #network: Network;
  readonly #ports: Ports;
  readonly #alter: (ports: Ports) => Ports;
  #processes = 0;

  /** @param alter what an instance does with the ports it is given */
  constructor(network: Network, ports: Ports, alter: (ports: Ports) => Ports) {
    this.#network = network;
    this.#ports = ports;
    this.#alter = alter;
  }

  invoke(functionName: string, event: object, settle: Settle): Process {
    const stage = STAGES.get(functionName);
    if (stage === undefined) throw new RangeError(`no function ${functionName}`);
    const process = this.#start(functionName, () => settle(false));
    handle(
      stage,
      this.#portsFor(process),
      silent,
    )(event).then(
      () => settle(true),
      () => settle(false),
    );
    return process;
  }

  /** Asks an HTTP function; there is no answer when the instance crashes. */
  request(functionName: string, request: Asked, answered: (status: number, body: unknown) => void): void {
    const http = HTTP_FUNCTIONS.get(functionName);
    if (http === undefined) throw new RangeError(`no function ${functionName}`);
    const process = this.#start(functionName, () => {});
    const ports = this.#portsFor(process);
    const {body, ...asked} = request;
    const headers = {...(body === undefined ? {} : {'content-type': 'application/json'}), ...asked.headers};
    const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    handleHttp(http, ports, {identity, log: silent})({query: {}, ...asked, headers, rawBody: bytes}).then(
      (answer) => answered(answer.status, JSON.parse(answer.body ?? 'null')),
    );
  }

  #portsFor(process: Process): Ports {
    const ports = this.#network.portsFor(process, this.#ports);
    return this.#alter(ports);
  }

  #start(functionName: string, onCrash: () => void): Process {
    this.#processes += 1;
    return {functionName, name: `${functionName}#${this.#processes}`, isAlive: true, onCrash};
  }
}
