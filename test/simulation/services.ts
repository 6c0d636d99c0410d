import type {Build, Job} from '../../shared/job-ports.ts';
import type {Ports} from '../../shared/ports.ts';
import {enter} from '../support/memory-admissions.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {onPlatform} from '../support/on-platform.ts';
import {exportModel} from '../support/story.ts';
import type {Bus} from './bus.ts';
import type {Chance} from './chance.ts';
import {isActive, type Journal, type Start} from './journal.ts';
import type {Trace} from './trace.ts';
import type {VirtualTime} from './virtual-time.ts';

const MINUTE_MS = 60_000;

/** As builds and jobs are asked for. */
const TIMEOUT_MS = {build: 30 * MINUTE_MS, tuning: 24 * 60 * MINUTE_MS, training: 24 * 60 * MINUTE_MS};

/** How the services behave; shares from 0 to 1. */
export interface Habits {
  /** The longest time that a new build or job is missing in lists. */
  readonly listLagMs: number;
  /** The longest time until a cancelled build or job has ended, unless it ends by itself before. */
  readonly cancelsWithinMs: number;
  /** The longest time from a start to the first line of the container. */
  readonly startsWithinMs: number;
  /** The shortest and the longest time that builds and jobs work. */
  readonly workMs: readonly [number, number];
  /** Builds and jobs that run into their timeout. */
  readonly hanging: number;
  readonly failingBuilds: number;
  readonly failingJobs: number;
  /** Training jobs that succeed without having written what they should. */
  readonly emptyExports: number;
  /** Executions of workflows that come to nothing. */
  readonly lostExecutions: number;
  /** Requests that workflows send in vain, or whose answers are lost. */
  readonly brokenRequests: number;
}

export const GOOD_HABITS: Habits = {
  listLagMs: 0,
  cancelsWithinMs: 0,
  startsWithinMs: 2 * MINUTE_MS,
  workMs: [MINUTE_MS, 40 * MINUTE_MS],
  hanging: 0,
  failingBuilds: 0,
  failingJobs: 0,
  emptyExports: 0,
  lostExecutions: 0,
  brokenRequests: 0,
};

interface Surroundings {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly trace: Trace;
  readonly journal: Journal;
  readonly bus: Bus;
}

/** Cloud Build and Vertex AI: what was started runs for a while, ends, and is told of. */
export class Services {
  readonly #listedFromMs = new Map<string, number>();
  readonly #habits: Habits;
  readonly #on: Surroundings;

  constructor(surroundings: Surroundings, habits: Habits) {
    this.#on = surroundings;
    this.#habits = habits;
  }

  started(start: Start, world: World): void {
    const {time, chance, trace} = this.#on;
    trace.add(`${start.kind} ${start.id} for ${start.effectKey}`);
    this.#listedFromMs.set(start.id, time.nowMs + chance.between(0, this.#habits.listLagMs));
    time.after(chance.between(500, this.#habits.startsWithinMs), () => this.#enter(start, world));
  }

  /** Ended by itself or cancelled: both are told. */
  ended({kind, id}: Start, state: string): void {
    const {trace, bus} = this.#on;
    trace.add(`${kind} ${id} ${state}`);
    if (kind === 'build') bus.tell('cloud-builds', {id, status: state});
    else bus.tell('job-complete', {resource: {labels: {job_id: id}}});
  }

  /** The ports as these services answer: a list does not show what is very new, and what is cancelled ends a little later. */
  behind(ports: Ports, world: World): Ports {
    const listed = () =>
      memoryPorts({...world, builds: this.#listed(world.builds), jobs: this.#listed(world.jobs)});
    const {builds, platforms} = ports;
    const slowBuilds: Ports['builds'] = {
      ...builds,
      findByEffect: (...by) => listed().builds.findByEffect(...by),
      list: (filter) => listed().builds.list(filter),
      cancel: async (id) => this.#soon(() => builds.cancel(id)),
    };
    const listedJobs = () => listed().platforms.vertex.jobs;
    return onPlatform(
      {...ports, builds: slowBuilds},
      {
        jobs: {
          findByEffect: (...by) => listedJobs().findByEffect(...by),
          list: (filter) => listedJobs().list(filter),
          cancel: async (name) => this.#soon(() => platforms.vertex.jobs.cancel(name)),
        },
      },
    );
  }

  /** A cancellation may come too late. */
  #soon(cancel: () => Promise<void>): void {
    this.#on.time.after(this.#on.chance.between(0, this.#habits.cancelsWithinMs), () => void cancel());
  }

  #listed<Value>(all: ReadonlyMap<string, Value>): Map<string, Value> {
    const {nowMs} = this.#on.time;
    return new Map([...all].filter(([id]) => (this.#listedFromMs.get(id) ?? 0) <= nowMs));
  }

  /** The container is up: from here on it costs. */
  #enter(start: Start, world: World): void {
    const {time, chance, journal, trace} = this.#on;
    const {state} = world.builds.get(start.id) ?? world.jobs.get(start.id) ?? {state: 'failed'};
    if (!isActive(state)) return;
    if (!enter(world, start)) {
      this.#refuse(start, world);
      return;
    }
    trace.add(`${start.kind} ${start.id} works`);
    journal.worked.set(start.id, time.nowMs);
    const isHanging = chance.happens(this.#habits.hanging);
    if (isHanging) time.after(TIMEOUT_MS[start.kind], () => this.#timeOut(start, world));
    else time.after(chance.between(...this.#habits.workMs), () => this.#finish(start, world));
  }

  /** A trainer that is not admitted exits well, a build's first step does not; neither has done anything. */
  #refuse({id, kind}: Start, world: World): void {
    this.#on.trace.add(`${kind} ${id} is not admitted`);
    const job = world.jobs.get(id);
    const build = world.builds.get(id);
    if (build !== undefined)
      world.builds.set(id, {...build, state: 'failed', why: 'the attempt was revoked'});
    if (job !== undefined) world.jobs.set(id, {...job, state: 'succeeded'});
  }

  #timeOut({id}: Start, world: World): void {
    const job = world.jobs.get(id);
    const build = world.builds.get(id);
    if (build !== undefined && isActive(build.state))
      world.builds.set(id, {...build, state: 'failed', why: 'timed out'});
    if (job !== undefined && isActive(job.state))
      world.jobs.set(id, {...job, state: 'failed', fault: 'service', why: 'timed out'});
  }

  #finish({id}: Start, world: World): void {
    const job = world.jobs.get(id);
    const build = world.builds.get(id);
    if (build !== undefined && isActive(build.state)) this.#finishBuild(build, world);
    if (job !== undefined && isActive(job.state)) this.#finishJob(job, world);
  }

  #finishBuild(build: Build & {readonly effectKey: string}, world: World): void {
    const {id, tag = ''} = build;
    if (this.#on.chance.happens(this.#habits.failingBuilds)) {
      world.builds.set(id, {...build, state: 'failed', why: 'pip found no such version'});
      return;
    }
    const digest = `sha256:${id.replace(/\D/g, '').padStart(64, '0')}`;
    world.images.set(tag, digest);
    world.builds.set(id, {...build, state: 'succeeded', digest});
  }

  #finishJob(job: Job, world: World): void {
    const {chance} = this.#on;
    if (chance.happens(this.#habits.failingJobs)) {
      const fault = chance.pick(['service', 'trainer'] as const);
      world.jobs.set(job.id, {...job, state: 'failed', fault, why: `the ${fault} failed`});
      return;
    }
    if (job.kind === 'training' && !chance.happens(this.#habits.emptyExports))
      exportModel(world, job.runId ?? '');
    world.jobs.set(job.id, {...job, state: 'succeeded', trials: job.kind === 'tuning' ? TRIALS : []});
  }
}

export const TRIALS = [
  {id: '2', state: 'succeeded', parameters: {alpha: 0.01}, metric: 0.9},
  {id: '1', state: 'succeeded', parameters: {alpha: 0.05}, metric: 0.8},
] as const;
