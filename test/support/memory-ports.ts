import type {BatchJob, BatchRequest} from '../../shared/batch-ports.ts';
import type {Admission} from '../../shared/domain/admission.ts';
import type {EffectRecord} from '../../shared/domain/effect.ts';
import {supersederOf} from '../../shared/domain/generation.ts';
import {LIST_PRICES} from '../../shared/domain/list-prices.ts';
import {type Notification, runFailed} from '../../shared/domain/notifications.ts';
import type {PermitKind, PermitPool} from '../../shared/domain/permits.ts';
import {isOpen, isTerminal, judge, type Run, type RunState} from '../../shared/domain/run.ts';
import {MAX_INLINE_BYTES} from '../../shared/domain/split/size-limit.ts';
import {PermanentError} from '../../shared/errors.ts';
import type {Build, Job, JobRequest, PipelineRequest} from '../../shared/job-ports.ts';
import type {Endpoint, ModelVersion} from '../../shared/model-ports.ts';
import type {ObjectInfo} from '../../shared/object-ports.ts';
import type {Ports, Reject, Runs, Sources} from '../../shared/ports.ts';
import type {OutboxRow} from '../../shared/upkeep-ports.ts';
import {memoryAdmissions} from './memory-admissions.ts';
import {memoryBatches} from './memory-batches.ts';
import {memoryDrops, moveHead} from './memory-drops.ts';
import {memoryEffects} from './memory-effects.ts';
import {memoryBuilds, memoryJobs} from './memory-jobs.ts';
import {memoryModels} from './memory-models.ts';
import {memoryObjects} from './memory-objects.ts';
import {memoryOutbox} from './memory-outbox.ts';
import {memoryPermits} from './memory-permits.ts';
import {memoryRequests, type RequestBook} from './memory-requests.ts';
import {memoryRetries} from './memory-retries.ts';
import {memoryChecks, memoryInventory, setFirstCheck} from './memory-sweeps.ts';
import {memoryWorkflows} from './memory-workflows.ts';

/** Everything the stages changed, to be compared as a whole. */
export interface World {
  readonly runs: Map<string, Run>;
  /** The newest generation of each object, by the object's id. */
  readonly drops: Map<string, string>;
  /** Notifications that were published. */
  readonly outbox: Notification[];
  /** Notifications that were stored and not yet published. */
  readonly pending: Map<string, {readonly row: OutboxRow; readonly sinceMs: number}>;
  readonly permits: Map<PermitKind, PermitPool>;
  /** When each run is to be looked at: server times in milliseconds. */
  readonly nextChecksMs: Map<string, number>;
  /** The last object that the inventory has looked at. */
  inventoryAfter: string | undefined;
  readonly rejects: Map<string, Reject>;
  readonly effects: Map<string, EffectRecord>;
  readonly admissions: Map<string, Admission>;
  readonly objects: Map<
    string,
    {readonly info: ObjectInfo; readonly bytes: Buffer; readonly createdAtMs?: number}
  >;
  readonly messages: {readonly topic: string; readonly runId: string}[];
  /** Objects that were told of by a message. */
  readonly dataReady: {readonly bucket: string; readonly name: string; readonly generation: string}[];
  readonly images: Map<string, string>;
  readonly builds: Map<string, Build & {readonly effectKey: string}>;
  readonly jobs: Map<string, Job>;
  /** What each job was asked to do, by its id. */
  readonly requests: Map<string, JobRequest>;
  /** What each pipeline job was asked to do, by its id. */
  readonly pipelines: Map<string, PipelineRequest>;
  /** Batch predictions in the order of their start, by name. */
  readonly batches: Map<string, {readonly job: BatchJob; readonly request: BatchRequest}>;
  readonly versions: Map<string, ModelVersion & {readonly effectKey: string; readonly attempt: number}>;
  readonly champions: Map<string, string>;
  readonly endpoints: Map<string, Endpoint>;
  /** Executions of workflows by their keys. */
  readonly executions: Map<string, {readonly workflow: string; readonly argument: object}>;
  sources: Sources;
  readonly asked: RequestBook;
  nowMs: number;
  /** Called before each call that changes something; throws to play a crash. */
  beforeEffect: (name: string) => void;
}

export function emptyWorld(): World {
  return {
    runs: new Map(),
    drops: new Map(),
    outbox: [],
    pending: new Map(),
    permits: new Map(),
    nextChecksMs: new Map(),
    inventoryAfter: undefined,
    rejects: new Map(),
    effects: new Map(),
    admissions: new Map(),
    objects: new Map(),
    messages: [],
    dataReady: [],
    images: new Map(),
    builds: new Map(),
    jobs: new Map(),
    requests: new Map(),
    pipelines: new Map(),
    batches: new Map(),
    versions: new Map(),
    champions: new Map(),
    endpoints: new Map(),
    executions: new Map(),
    sources: {inlineBytes: MAX_INLINE_BYTES, datasets: []},
    asked: {keys: new Map(), callers: new Map(), reruns: new Map()},
    nowMs: Date.UTC(2026, 0, 1),
    beforeEffect: () => {},
  };
}

export const BUCKETS = {data: 'the-data', runs: 'the-runs', admission: 'the-admissions'};

const MACHINE_TYPES = ['n1-standard-2', 'n1-standard-4', 'n1-highmem-8', 'mls1-c1-m2', 'mls1-c4-m2'];

export const PLACE = {project: 'the-project', region: 'us-central1', database: 'millrace'};

/** The ports over a world in memory, as strict as the services about what is there and what is not. */
export function memoryPorts(world: World): Ports {
  return {
    runs: memoryRuns(world),
    drops: memoryDrops(world),
    outbox: memoryOutbox(world),
    checks: memoryChecks(world),
    inventory: memoryInventory(world),
    permits: memoryPermits(world),
    effects: memoryEffects(world),
    admissions: memoryAdmissions(world),
    retries: memoryRetries(world),
    objects: memoryObjects(world),
    messages: {
      async publish(topic, {runId}) {
        world.beforeEffect(`publish ${topic}`);
        world.messages.push({topic, runId});
      },
      async dataReady({bucket, name, generation}) {
        world.beforeEffect('publish data-ready');
        world.dataReady.push({bucket, name, generation});
      },
    },
    builds: memoryBuilds(world),
    platforms: {
      vertex: {jobs: memoryJobs(world), models: memoryModels(world), batches: memoryBatches(world)},
    },
    workflows: memoryWorkflows(world),
    requests: memoryRequests(world),
    buckets: BUCKETS,
    sources: world.sources,
    machineTypes: MACHINE_TYPES,
    place: PLACE,
    prices: LIST_PRICES,
  };
}

export function at(world: World): string {
  return new Date(world.nowMs).toISOString();
}

type Announce = (run: Run) => Notification;

function memoryRuns(world: World): Runs {
  const {runs, rejects, pending} = world;
  const outbox = memoryOutbox(world);
  const move = async (id: string, to: RunState, changes: Partial<Run>, announce?: Announce) => {
    world.beforeEffect(`advance to ${to}`);
    const run = runs.get(id);
    if (run === undefined) throw new PermanentError('NO_SUCH_RUN', id);
    const verdict = judge(run, to);
    if (verdict === 'illegal') throw new PermanentError('ILLEGAL_MOVE', `${run.state} to ${to}`);
    if (verdict === 'apply') store(run, to, changes, announce);
    if (announce !== undefined) await relay(id);
    return verdict === 'apply' ? 'moved' : verdict;
  };
  const store = (run: Run, to: RunState, changes: Partial<Run>, announce?: Announce) => {
    const {trouble: _, retries: _failed, waiting: _door, ...rest} = run;
    const rev = run.rev + 1;
    const history = [...run.history, {state: to, at: at(world)}];
    runs.set(run.id, {...rest, ...changes, state: to, rev, updatedAt: at(world), history});
    setFirstCheck(world, run.id);
    if (announce === undefined) return;
    const row = {id: `${run.id}:${rev}`, ...announce(run)};
    pending.set(row.id, {row, sinceMs: world.nowMs});
  };
  const relay = async (id: string) => {
    const rows = [...pending.values()].filter(({row}) => row.id.startsWith(`${id}:`));
    for (const {row} of rows) await outbox.publish(row);
  };
  function newestFirst(pipeline?: string): Run[] {
    return [...runs.values()]
      .filter((run) => pipeline === undefined || run.pipeline === pipeline)
      .reverse()
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  return {
    async create(run) {
      world.beforeEffect(`create run`);
      if (runs.has(run.id)) return false;
      const begun = {...run, rev: 1, createdAt: at(world), updatedAt: at(world)};
      const supersededBy = supersederOf(run.input, moveHead(world, run.input));
      if (supersededBy === undefined) runs.set(run.id, {state: 'received', ...begun, history: []});
      else {
        const history = [{state: 'superseded', at: begun.createdAt}] as const;
        runs.set(run.id, {...begun, state: 'superseded', history: [...history], supersededBy});
      }
      setFirstCheck(world, run.id);
      return true;
    },
    find: async (id) => runs.get(id),
    missing: async (ids) => ids.filter((id) => !runs.has(id)),
    async wait(id, door) {
      world.beforeEffect(`wait for ${door}`);
      const run = runs.get(id);
      if (run === undefined) throw new PermanentError('NO_SUCH_RUN', id);
      if (isTerminal(run.state) || run.waiting?.door === door) return;
      runs.set(id, {...run, rev: run.rev + 1, waiting: {door, since: at(world)}});
    },
    list: async ({pipeline, limit}) => newestFirst(pipeline).slice(0, limit),
    newestReleased: async (pipeline) => newestFirst(pipeline).find(({state}) => state === 'released'),
    newestSearch: async (pipeline, search) =>
      newestFirst(pipeline).find(({tuning}) => tuning?.search === search),
    releases: async (pipeline) =>
      [...runs.values()].filter(
        (run) => run.pipeline === pipeline && (run.state === 'released' || run.state === 'canary'),
      ),
    waitingForImage: async (tag) =>
      [...runs.values()].filter(
        ({state, image}) => (state === 'building' || state === 'built') && image?.tag === tag,
      ),
    advance: (id, to, facts = {}, announce) => move(id, to, facts, announce && (() => announce)),
    async fail(id, stage, complaint, cost) {
      const failure = {stage, ...complaint};
      const spent = cost && {cost};
      return move(id, 'failed', {failure, ...spent}, (run) => runFailed({...run, ...spent}, failure, PLACE));
    },
    async trouble(id, stage, message) {
      const run = runs.get(id);
      if (run === undefined) return;
      runs.set(id, {...run, rev: run.rev + 1, trouble: {stage, message, at: at(world)}});
    },
    async requestPromotion(id, request) {
      world.beforeEffect('request promotion');
      const run = runs.get(id);
      if (run === undefined) throw new PermanentError('NO_SUCH_RUN', id);
      if (run.promoteRequested !== undefined) return 'already';
      if (run.state !== 'canary' || !isOpen(run)) return 'no-canary';
      runs.set(id, {...run, rev: run.rev + 1, promoteRequested: {...request, at: at(world)}});
      return 'requested';
    },
    async requestCancel(id, request) {
      world.beforeEffect('request cancel');
      const run = runs.get(id);
      if (run === undefined) throw new PermanentError('NO_SUCH_RUN', id);
      if (isTerminal(run.state)) return 'ended';
      if (run.cancelRequested !== undefined) return 'already';
      runs.set(id, {...run, rev: run.rev + 1, cancelRequested: {...request, at: at(world)}});
      setFirstCheck(world, id);
      return 'requested';
    },
    async reject(id, {source, complaint}) {
      world.beforeEffect('reject');
      rejects.set(id, {id, source, complaint, count: (rejects.get(id)?.count ?? 0) + 1, lastSeen: at(world)});
    },
    listRejects: async (limit) => [...rejects.values()].slice(0, limit),
  };
}
