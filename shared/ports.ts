import type {BatchPredictions} from './batch-ports.ts';
import type {Admission} from './domain/admission.ts';
import type {Place} from './domain/console-links.ts';
import type {Cost} from './domain/cost.ts';
import type {EffectRecord} from './domain/effect.ts';
import type {Notification} from './domain/notifications.ts';
import type {PermitKind} from './domain/permits.ts';
import type {PlatformName} from './domain/pipeline.ts';
import type {Prices} from './domain/prices.ts';
import type {NewRun, Run, RunFacts, RunState} from './domain/run.ts';
import type {RunTopic} from './domain/run-topic.ts';
import type {Complaint} from './errors.ts';
import type {Builds, Jobs} from './job-ports.ts';
import type {Models} from './model-ports.ts';
import type {Objects} from './object-ports.ts';
import type {Requests} from './request-ports.ts';
import type {Retries} from './retry-ports.ts';
import type {Drops, Inventory, Outbox, Permits, RunChecks} from './upkeep-ports.ts';

/**
 * Everything the stages may touch outside their process, in our words.
 * Calls reject with PermanentError or RetryableError only; "not there" and "already there" are values.
 */
export interface Ports {
  readonly runs: Runs;
  readonly drops: Drops;
  readonly outbox: Outbox;
  readonly checks: RunChecks;
  readonly inventory: Inventory;
  readonly permits: Permits;
  readonly effects: Effects;
  readonly admissions: Admissions;
  readonly retries: Retries;
  readonly objects: Objects;
  readonly messages: Messages;
  readonly builds: Builds;
  readonly platforms: Platforms;
  readonly requests: Requests;
  readonly workflows: Workflows;
  readonly buckets: {readonly data: string; readonly runs: string; readonly admission: string};
  readonly sources: Sources;
  /** The machine types that a pipeline may ask for. */
  readonly machineTypes: readonly string[];
  readonly place: Place;
  readonly prices: Prices;
}

/** The services that a pipeline can name. One that is not there has no address in this deployment. */
export type Platforms = {readonly vertex: Platform} & {readonly [name in PlatformName]?: Platform};

/** A service that runs jobs and serves models; each pipeline names its own. */
export interface Platform {
  readonly jobs: Jobs;
  readonly models: Models;
  /** Absent where the service predicts in batches only with models of other frameworks than ours. */
  readonly batches?: BatchPredictions;
}

/** What a split may be made from. */
export interface Sources {
  /** Larger objects are split in BigQuery. */
  readonly inlineBytes: number;
  /** Datasets of BigQuery whose tables may be split, as `project.dataset`. */
  readonly datasets: readonly string[];
}

/** The state of runs: one document each, moved forward only (Firestore). */
export interface Runs {
  /**
   * Creates a run and moves the head of its object, in one transaction. One that comes after a run of a newer generation is
   * created as `superseded`.
   * @returns false when the run exists already: a redelivered event
   */
  create(run: NewRun): Promise<boolean>;
  find(id: string): Promise<Run | undefined>;
  /** Newest first. */
  list(filter: {pipeline?: string; limit: number}): Promise<Run[]>;
  /** The run of a pipeline that was released last, however many came after it. */
  newestReleased(pipeline: string): Promise<Run | undefined>;
  /** The run of a pipeline that was the last to find a best trial in such a search, however many came after it. */
  newestSearch(pipeline: string, search: string): Promise<Run | undefined>;
  /** The runs of a pipeline that have released a version or made it a canary; in no promised order. */
  releases(pipeline: string): Promise<Run[]>;
  /** The runs that wait for the image under this tag, or have it but do not tune yet: nobody may have told them to go on. */
  waitingForImage(tag: string): Promise<Run[]>;
  /**
   * Moves a run forward and adds facts, in one transaction.
   * @param announce leaves the system with the move: stored in the same transaction, then published
   * @returns `moved`; `already` when the run is there or further, so that the caller announces again and stops; `cancelling`
   * when a requested cancellation forbids the move
   * @throws PermanentError ILLEGAL_MOVE
   */
  advance(
    id: string,
    to: RunState,
    facts?: RunFacts,
    announce?: Notification,
  ): Promise<'moved' | 'already' | 'cancelling'>;
  /**
   * Writes down that somebody wants the run to end. No effect of the run begins after this.
   * @returns `ended` when the run had ended before, however
   * @throws PermanentError NO_SUCH_RUN
   */
  requestCancel(
    id: string,
    request: {by: string; reason: string},
  ): Promise<'requested' | 'already' | 'ended'>;
  /**
   * Writes down that somebody wants a canary to have all the traffic.
   * @returns `no-canary` when the run is none, or none any more
   * @throws PermanentError NO_SUCH_RUN
   */
  requestPromotion(
    id: string,
    request: {by: string; reason: string},
  ): Promise<'requested' | 'already' | 'no-canary'>;
  /**
   * Closes a run as failed unless it has ended or shall be cancelled; announces `run-failed`.
   * @param cost of what has ended with it
   * @returns as `advance`
   */
  fail(
    id: string,
    stage: string,
    complaint: Complaint,
    cost?: Cost,
  ): Promise<'moved' | 'already' | 'cancelling'>;
  /** Notes on a run that it waits for a permit, unless the note is there or the run has ended. @throws PermanentError NO_SUCH_RUN */
  wait(id: string, door: PermitKind): Promise<void>;
  /** Those of the ids that no run has. */
  missing(ids: readonly string[]): Promise<string[]>;
  /** Notes on a run that a stage will be tried again, and why. */
  trouble(id: string, stage: string, message: string): Promise<void>;
  /** Records an event or object that cannot become a run; counts repeats. */
  reject(id: string, reject: {source: string; complaint: Complaint}): Promise<void>;
  listRejects(limit: number): Promise<Reject[]>;
}

export interface Reject {
  readonly id: string;
  readonly source: string;
  readonly count: number;
  readonly complaint: Complaint;
  readonly lastSeen: string;
}

/** The records that make an effect without a caller-chosen id happen once (Firestore). A write names the attempt it is about. */
export interface Effects {
  /** With the database's clock at the time of reading, in milliseconds. */
  read(key: string): Promise<{record: EffectRecord | undefined; nowMs: number}>;
  /**
   * Opens attempt `attempt` on behalf of a run, in one transaction with a look at that run.
   * @returns `taken` when another delivery opened it first or found the resource; `closed` when the run has ended or shall be
   * cancelled, so that nothing may begin for it any more
   */
  intend(key: string, attempt: number, runId: string): Promise<'opened' | 'taken' | 'closed'>;
  /** Nothing comes of this attempt for certain. False when it is history. */
  refuse(key: string, attempt: number): Promise<boolean>;
  /** False when the attempt is history or was given up, or another resource is known: then this one must not be used. */
  record(key: string, attempt: number, resource: string): Promise<boolean>;
  /** The resource ended in failure: whoever needs the effect next may send again. False when it is not the one that counts. */
  reopen(key: string, resource: string): Promise<boolean>;
}

/**
 * One object per attempt, created once, by the entry point of the job or build before any paid work, or by us when the attempt
 * is given up (Cloud Storage). Reads are never late.
 */
export interface Admissions {
  /** Undefined while nobody has taken the attempt. */
  read(effectKey: string, attempt: number): Promise<Admission | undefined>;
  /** Gives an attempt up for ever, unless its job has entered. @returns which of the two holds from now on */
  revoke(effectKey: string, attempt: number): Promise<Admission>;
}

/** Pub/Sub between stages. */
export interface Messages {
  publish(topic: RunTopic, body: {runId: string}): Promise<void>;
  /** Tells of an object as another system does that has put it there. */
  dataReady(object: {bucket: string; name: string; generation: string}): Promise<void>;
}

/** Cloud Workflows: what takes longer than an event may. */
export interface Workflows {
  /**
   * Starts an execution, unless one with this key is under way or has succeeded.
   * @param argument at most 32 KB as JSON
   * @param key of letters, digits and `-`, at most 63
   */
  start(workflow: string, argument: object, key: string): Promise<void>;
}
