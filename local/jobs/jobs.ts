import {ApiError} from '../api-error.ts';
import {newId, type Project} from '../names.ts';
import type {State} from '../state.ts';
import {completionEntry, type FinalState, isFinalState, type LogEntry} from './completion-log.ts';

/** `google.rpc.Status` */
export interface Status {
  readonly code: number;
  readonly message: string;
}

/** What all jobs have in common. */
export interface Job {
  readonly name?: string | null;
  readonly displayName?: string | null;
  readonly labels?: Record<string, string> | null;
  readonly state?: string | null;
  readonly createTime?: string | null;
  readonly startTime?: string | null;
  readonly endTime?: string | null;
  readonly updateTime?: string | null;
  readonly error?: {readonly code?: number | null; readonly message?: string | null};
}

export interface JobControl<J> {
  /** Aborts when the job is cancelled or the cloud closes; the work then ends as soon as it can. */
  readonly signal: AbortSignal;
  /** Writes progress into the job resource. */
  update(changes: Partial<J>): void;
}

/** One kind of job: where it is found and what it does. */
export interface JobKind<J extends Job> {
  /** The last but one part of its jobs' names. */
  readonly collection: string;
  /** Where they are kept. */
  readonly store: string;
  /** What is logged of a job's end; `completionEntry` when absent. */
  readonly lastEntry?: typeof completionEntry;
  /** Resolves with the error that fails the job, or with nothing when all went well. A job found unfinished after a restart is worked on anew. */
  work(job: J, control: JobControl<J>): Promise<Status | undefined>;
}

export interface Jobs<J extends Job> {
  /** Stores and starts a job; the answer is the job as it is queued. Without an id it gets a fresh one. */
  create(parent: string, spec: J, id?: string): J;
  has(name: string): boolean;
  /** @throws ApiError NOT_FOUND */
  get(name: string): J;
  list(parent: string): J[];
  /** @throws ApiError FAILED_PRECONDITION when the job has ended. */
  cancel(name: string): void;
  /** @throws ApiError FAILED_PRECONDITION while the job has not ended. */
  delete(name: string): void;
  /** Takes up every job the last process left unfinished. */
  resume(): void;
  /** Ends all work and leaves the jobs unfinished, for a later `resume`. */
  close(): Promise<void>;
}

export interface JobHost {
  readonly state: State;
  readonly project: Project;
  /** Called in the transaction that ends the job. */
  readonly publishLog: (entry: LogEntry) => void;
}

const CANCELLED: Status = {code: 1, message: 'CANCELED'};

/** The life of jobs: QUEUED, PENDING, RUNNING, then SUCCEEDED, FAILED, or through CANCELLING to CANCELLED. */
export function openJobs<J extends Job>(kind: JobKind<J>, {state, project, publishLog}: JobHost): Jobs<J> {
  const stored = state.collection<J>(kind.store);
  const underWay = new Map<string, {readonly stop: AbortController; readonly ended: Promise<void>}>();
  let isClosing = false;

  function get(name: string): J {
    const job = stored.get(name);
    if (job === undefined) throw new ApiError('NOT_FOUND', `The resource "${name}" is not found.`);
    return job;
  }

  function update(name: string, changes: Partial<Job> | Partial<J>): void {
    if (isClosing) return;
    stored.set(name, {...get(name), ...changes, updateTime: new Date().toISOString()});
  }

  function end(name: string, final: FinalState, error?: Status): void {
    if (isClosing) return;
    state.atomically(() => {
      update(name, {state: final, endTime: new Date().toISOString(), ...(error && {error})});
      publishLog((kind.lastEntry ?? completionEntry)(project, name, final));
    });
  }

  async function run(name: string, signal: AbortSignal): Promise<void> {
    update(name, {state: 'JOB_STATE_PENDING'});
    update(name, {state: 'JOB_STATE_RUNNING', startTime: get(name).startTime ?? new Date().toISOString()});
    const error = await kind
      .work(get(name), {signal, update: (changes) => update(name, changes)})
      .catch((cause: unknown): Status => ({code: 13, message: `internal error: ${cause}`}));
    if (signal.aborted) return end(name, 'JOB_STATE_CANCELLED', CANCELLED);
    return error ? end(name, 'JOB_STATE_FAILED', error) : end(name, 'JOB_STATE_SUCCEEDED');
  }

  function start(name: string): void {
    const stop = new AbortController();
    const ended = run(name, stop.signal).finally(() => underWay.delete(name));
    underWay.set(name, {stop, ended});
  }

  return {
    get,
    has: (name) => stored.has(name),
    create(parent, spec, id = newId()) {
      const name = `${parent}/${kind.collection}/${id}`;
      const now = new Date().toISOString();
      const job: J = {...spec, name, state: 'JOB_STATE_QUEUED', createTime: now, updateTime: now};
      stored.set(name, job);
      start(name);
      return job;
    },
    list: (parent) => [...stored.values()].filter(({name}) => name?.startsWith(`${parent}/`)),
    cancel(name) {
      if (isFinalState(get(name).state)) {
        throw new ApiError('FAILED_PRECONDITION', `Job "${name}" has ended and can not be cancelled.`);
      }
      update(name, {state: 'JOB_STATE_CANCELLING'});
      underWay.get(name)?.stop.abort();
    },
    delete(name) {
      if (!isFinalState(get(name).state)) {
        throw new ApiError('FAILED_PRECONDITION', `Job "${name}" has not ended; cancel it before deleting.`);
      }
      stored.delete(name);
    },
    resume() {
      for (const {name, state: at} of [...stored.values()]) {
        if (!name || isFinalState(at)) continue;
        if (at === 'JOB_STATE_CANCELLING') end(name, 'JOB_STATE_CANCELLED', CANCELLED);
        else start(name);
      }
    },
    async close() {
      isClosing = true;
      const all = [...underWay.values()];
      for (const {stop} of all) stop.abort();
      await Promise.all(all.map(({ended}) => ended));
    },
  };
}
