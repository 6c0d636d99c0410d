import {randomUUID} from 'node:crypto';
import {appendFileSync, createReadStream} from 'node:fs';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {ApiError} from '../api-error.ts';
import type {Publish} from '../publish.ts';
import {millisecondsOf} from '../request.ts';
import type {Collection, State} from '../state.ts';
import {announceBuild} from './announce-build.ts';
import {type Build, type BuildParent, isFinished, queuedBuild} from './build.ts';
import {failedOutcome, type Outcome} from './build-outcome.ts';
import {BuildQueue} from './build-queue.ts';
import type {NewBuild} from './build-request.ts';
import {runBuild, type Workshop} from './run-build.ts';

export interface BuildsOptions extends Workshop {
  readonly state: State;
  readonly publish: Publish;
}

/** The builds of this cloud. Those that a restart interrupted begin again, with `resume`. */
export class Builds {
  readonly #workshop: Workshop;
  readonly #publish: Publish;
  readonly #builds: Collection<Build>;
  readonly #logs: string;
  readonly #queue = new BuildQueue((id, signal) => this.#work(id, signal));

  constructor({state, publish, ...workshop}: BuildsOptions) {
    this.#workshop = workshop;
    this.#publish = publish;
    this.#builds = state.collection('cloudbuild.builds');
    this.#logs = state.folder('build-logs');
  }

  /** Takes up every build the last process left unfinished. */
  resume(): void {
    const interrupted = this.newestFirst()
      .reverse()
      .filter((build) => !isFinished(build));
    for (const {id} of interrupted) this.#queue.add(id);
  }

  /**
   * Queues a build.
   * @param logUrlOf where the log of a build can be read
   * @throws ApiError INVALID_ARGUMENT when its substitutions do not fit.
   */
  create(parent: BuildParent, request: NewBuild, logUrlOf: (id: string) => string): Build {
    const id = randomUUID();
    const build = queuedBuild(request, {...parent, id, logUrl: logUrlOf(id), now: new Date()});
    this.#log(id, `build "${id}" is queued`);
    this.#put(build);
    this.#queue.add(id);
    return build;
  }

  /** @throws ApiError NOT_FOUND. */
  read({project, location}: BuildParent, id: string): Build {
    const build = this.#builds.get(id);
    if (build?.name !== `projects/${project}/locations/${location}/builds/${id}`) {
      throw new ApiError('NOT_FOUND', 'Requested entity was not found.');
    }
    return build;
  }

  newestFirst(): Build[] {
    return [...this.#builds.values()].sort((a, b) => Date.parse(b.createTime) - Date.parse(a.createTime));
  }

  /** @throws ApiError NOT_FOUND, or FAILED_PRECONDITION when the build is over. */
  cancel(parent: BuildParent, id: string): Build {
    const build = this.read(parent, id);
    if (isFinished(build)) throw new ApiError('FAILED_PRECONDITION', `build ${id} is already finished`);
    const cancelled = this.#finish(build, {status: 'CANCELLED', statusDetail: 'build cancelled'});
    this.#queue.drop(id);
    return cancelled;
  }

  /** What a build printed so far. @throws ApiError NOT_FOUND. */
  log(id: string): Readable {
    if (!this.#builds.has(id)) throw new ApiError('NOT_FOUND', 'Requested entity was not found.');
    return createReadStream(this.#logFile(id));
  }

  /** Interrupts the builds under way; the next start resumes them. */
  close(): Promise<void> {
    return this.#queue.close();
  }

  async #work(id: string, signal: AbortSignal): Promise<void> {
    const queued = this.#builds.get(id);
    if (queued === undefined) return;
    const now = new Date();
    if (now.getTime() >= Date.parse(queued.createTime) + millisecondsOf(queued.queueTtl)) {
      this.#finish(queued, {status: 'EXPIRED', statusDetail: 'build expired in the queue'});
      return;
    }
    const build = this.#put({...queued, status: 'WORKING', startTime: now.toISOString()});
    const outcome = await this.#outcomeOf(build, signal);
    // Cancelled meanwhile, or about to be resumed by the next start.
    if (signal.aborted) return;
    this.#finish(build, outcome);
  }

  async #outcomeOf(build: Build, signal: AbortSignal): Promise<Outcome> {
    const deadline = AbortSignal.timeout(millisecondsOf(build.timeout));
    const log = (line: string) => this.#log(build.id, line);
    log(`starting build "${build.id}"`);
    try {
      const results = await runBuild(build, this.#workshop, {
        log,
        signal: AbortSignal.any([signal, deadline]),
      });
      log('DONE');
      return {status: 'SUCCESS', results};
    } catch (error) {
      const outcome = failedOutcome(error, deadline.aborted);
      log(`ERROR: ${outcome.statusDetail}`);
      return outcome;
    }
  }

  #finish(build: Build, outcome: Outcome): Build {
    return this.#put({...build, ...outcome, finishTime: new Date().toISOString()});
  }

  /** Announced before it is kept: after a kill between the two, the resumed build announces it again. */
  #put(build: Build): Build {
    announceBuild(this.#publish, build);
    this.#builds.set(build.id, build);
    return build;
  }

  #log(id: string, line: string): void {
    appendFileSync(this.#logFile(id), `${line}\n`);
  }

  #logFile(id: string): string {
    return join(this.#logs, `${id}.txt`);
  }
}
