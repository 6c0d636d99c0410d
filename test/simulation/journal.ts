import type {EffectRecord} from '../../shared/domain/effect.ts';
import type {PermitKind, PermitPool} from '../../shared/domain/permits.ts';
import type {Run} from '../../shared/domain/run.ts';
import type {Build, Job} from '../../shared/job-ports.ts';
import {emptyWorld, type World} from '../support/memory-ports.ts';
import type {VirtualTime} from './virtual-time.ts';

/** A create request that a service has applied. */
export interface Start {
  readonly kind: 'build' | 'tuning' | 'training';
  readonly id: string;
  readonly effectKey: string;
  readonly attempt: number;
  readonly atMs: number;
}

/** An attempt that was opened. */
interface Intent {
  readonly key: string;
  readonly attempt: number;
  readonly atMs: number;
  /** Those who may have jobs, builds and releases just then. */
  readonly permitted: ReadonlySet<string>;
}

/** Permits of one kind were given or taken back. */
interface PermitChange {
  readonly kind: PermitKind;
  readonly holders: readonly string[];
  readonly atMs: number;
}

/** What happened in a world, for the invariants to look back on. Instants are virtual milliseconds. */
export class Journal {
  /** Runs that must exist: one per generation whose event was sent. */
  readonly accepted = new Set<string>();
  /** Those of them whose event was lost. */
  readonly unheard = new Set<string>();
  readonly moves: {readonly run: Run; readonly before: Run | undefined; readonly atMs: number}[] = [];
  readonly intents: Intent[] = [];
  readonly permitChanges: PermitChange[] = [];
  /** When somebody's wish that a run ends was written down, by run. */
  readonly cancelRequests = new Map<string, number>();
  readonly starts: Start[] = [];
  /** Jobs and builds that got to their paid work, by id. */
  readonly worked = new Map<string, number>();
  /** When jobs and builds ended, by id. */
  readonly ended = new Map<string, number>();
  /** When each notification left the outbox, by event id. */
  readonly announced = new Map<string, number>();
}

/** Tells of every removal. */
class Outgoing<Value> extends Map<string, Value> {
  readonly #onDelete: (key: string) => void;

  constructor(onDelete: (key: string) => void) {
    super();
    this.#onDelete = onDelete;
  }

  override delete(key: string): boolean {
    this.#onDelete(key);
    return super.delete(key);
  }
}

/** Tells of every write. */
class WatchedMap<Value, Key extends string = string> extends Map<Key, Value> {
  readonly #onSet: (key: Key, value: Value, before: Value | undefined) => void;

  constructor(onSet: (key: Key, value: Value, before: Value | undefined) => void) {
    super();
    this.#onSet = onSet;
  }

  override set(key: Key, value: Value): this {
    const before = this.get(key);
    super.set(key, value);
    this.#onSet(key, value, before);
    return this;
  }
}

/** An execution of a workflow. */
interface Execution {
  readonly workflow: string;
  readonly argument: object;
}

/** Hears of what services begin and end. */
interface Listener {
  started(start: Start): void;
  ended(start: Start, state: string): void;
  executed(id: string, execution: Execution): void;
}

/** A world on the virtual clock that writes down what becomes of it. */
export function watchedWorld(time: VirtualTime, journal: Journal, listener: Listener): World {
  const byId = new Map<string, Start>();
  const start = (begun: Omit<Start, 'atMs'>) => {
    const whole = {...begun, atMs: time.nowMs};
    byId.set(begun.id, whole);
    journal.starts.push(whole);
    listener.started(whole);
  };
  const end = (id: string, state: string) => {
    const started = byId.get(id);
    if (started === undefined) return;
    journal.ended.set(id, time.nowMs);
    listener.ended(started, state);
  };
  const world: World = {
    ...emptyWorld(),
    get nowMs() {
      return time.nowMs;
    },
    runs: new WatchedMap<Run>((_, run, before) => {
      if (before?.state !== run.state) journal.moves.push({run, before, atMs: time.nowMs});
      if (run.cancelRequested !== undefined && before?.cancelRequested === undefined)
        journal.cancelRequests.set(run.id, time.nowMs);
    }),
    effects: new WatchedMap<EffectRecord>((key, {attempt}, before) => {
      if (before?.attempt === attempt) return;
      const permitted = new Set([...world.permits.values()].flatMap(({holders}) => holders));
      journal.intents.push({key, attempt, atMs: time.nowMs, permitted});
    }),
    permits: new WatchedMap<PermitPool, PermitKind>((kind, {holders}, before) => {
      if (before?.holders !== holders) journal.permitChanges.push({kind, holders, atMs: time.nowMs});
    }),
    pending: new Outgoing((id) => journal.announced.set(id, time.nowMs)),
    builds: new WatchedMap<Build & {readonly effectKey: string}>(
      (id, {state, effectKey, attempt = 1}, before) => {
        if (before === undefined) start({kind: 'build', id, effectKey, attempt});
        else if (isActive(before.state) && !isActive(state)) end(id, state);
      },
    ),
    executions: new WatchedMap<Execution>((id, execution) => listener.executed(id, execution)),
    jobs: new WatchedMap<Job>((id, {kind, state, effectKey = '', attempt = 1}, before) => {
      if (before === undefined) start({kind, id, effectKey, attempt});
      else if (isActive(before.state) && !isActive(state)) end(id, state);
    }),
  };
  return world;
}

/** Of a build or job: it may still do something. */
export function isActive(state: Build['state'] | Job['state']): boolean {
  return state === 'waiting' || state === 'running';
}
