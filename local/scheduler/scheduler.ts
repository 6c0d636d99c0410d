import type {cloudscheduler_v1} from 'googleapis/build/src/apis/cloudscheduler/v1.js';
import {ApiError} from '../api-error.ts';
import type {Collection, State} from '../state.ts';
import {callTarget, type Tokens} from './call-target.ts';
import type {Clock} from './clock.ts';
import {type NewJob, nextTime} from './job-request.ts';

export type Job = NewJob &
  Pick<cloudscheduler_v1.Schema$Job, 'lastAttemptTime' | 'status'> & {
    readonly state: 'ENABLED' | 'PAUSED';
    readonly userUpdateTime: string;
    /** When it is due next. */
    readonly scheduleTime: string;
  };

export interface SchedulerOptions {
  readonly state: State;
  readonly clock: Clock;
  readonly tokens: Tokens;
}

/** Cloud Scheduler's jobs: each calls its target when it is due, never twice at the same time. What was due while the cloud was down is not made up for. */
export class Scheduler {
  readonly #jobs: Collection<Job>;
  readonly #options: SchedulerOptions;
  readonly #calls = new Map<string, Promise<void>>();
  #callOff = () => {};
  #isClosed = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#jobs = options.state.collection('scheduler.jobs');
    for (const job of [...this.#jobs.values()]) this.#save(this.#due(job));
    this.#wait();
  }

  /** @throws ApiError ALREADY_EXISTS */
  create(request: NewJob): Job {
    if (this.#jobs.has(request.name)) {
      throw new ApiError('ALREADY_EXISTS', `Job ${request.name} already exists.`);
    }
    const now = this.#options.clock.now();
    const scheduleTime = nextTime(request, now).toISOString();
    return this.#change({...request, state: 'ENABLED', userUpdateTime: now.toISOString(), scheduleTime});
  }

  /** @throws ApiError NOT_FOUND */
  read(name: string): Job {
    const job = this.#jobs.get(name);
    if (job === undefined) throw new ApiError('NOT_FOUND', `Job not found: ${name}`);
    return job;
  }

  of(parent: string): Job[] {
    return [...this.#jobs.values()].filter(({name}) => name.startsWith(`${parent}/jobs/`));
  }

  /** @throws ApiError NOT_FOUND */
  delete(name: string): void {
    this.read(name);
    this.#jobs.delete(name);
    this.#wait();
  }

  /** @throws ApiError NOT_FOUND, FAILED_PRECONDITION when it is paused */
  pause(name: string): Job {
    const job = this.read(name);
    if (job.state !== 'ENABLED') throw new ApiError('FAILED_PRECONDITION', `Job ${name} is not enabled.`);
    return this.#change({...job, state: 'PAUSED'});
  }

  /** @throws ApiError NOT_FOUND, FAILED_PRECONDITION when it is not paused */
  resume(name: string): Job {
    const job = this.read(name);
    if (job.state !== 'PAUSED') throw new ApiError('FAILED_PRECONDITION', `Job ${name} is not paused.`);
    return this.#change(this.#due({...job, state: 'ENABLED'}));
  }

  /** Calls the target now, also that of a paused job. @throws ApiError NOT_FOUND */
  run(name: string): Job {
    const job = this.read(name);
    this.#call(job, this.#options.clock.now());
    return job;
  }

  /** Calls nobody any more and waits for the calls under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#callOff();
    await Promise.all(this.#calls.values());
  }

  #change(job: Job): Job {
    this.#save(job);
    this.#wait();
    return job;
  }

  #save(job: Job): void {
    this.#jobs.set(job.name, job);
  }

  #due(job: Job): Job {
    return {...job, scheduleTime: nextTime(job, this.#options.clock.now()).toISOString()};
  }

  /** Waits for whichever job is due first. */
  #wait(): void {
    this.#callOff();
    const times = this.#enabled().map(({scheduleTime}) => Date.parse(scheduleTime));
    if (this.#isClosed || times.length === 0) return;
    this.#callOff = this.#options.clock.at(new Date(Math.min(...times)), () => this.#callDue());
  }

  #enabled(): Job[] {
    return [...this.#jobs.values()].filter(({state}) => state === 'ENABLED');
  }

  #callDue(): void {
    const now = this.#options.clock.now();
    for (const job of this.#enabled().filter(({scheduleTime}) => Date.parse(scheduleTime) <= now.getTime())) {
      this.#call(job, new Date(job.scheduleTime));
      this.#save(this.#due(job));
    }
    this.#wait();
  }

  /** A job whose last call is still under way is passed over. */
  #call(job: Job, scheduledAt: Date): void {
    const {name} = job;
    if (this.#calls.has(name)) return;
    const lastAttemptTime = this.#options.clock.now().toISOString();
    const call = callTarget(job, scheduledAt, this.#options.tokens).then((status) => {
      this.#calls.delete(name);
      const current = this.#jobs.get(name);
      if (current !== undefined) this.#save({...current, lastAttemptTime, status: status ?? {}});
    });
    this.#calls.set(name, call);
  }
}
