import {createHash} from 'node:crypto';
import type {RunState} from '../../shared/domain/run.ts';
import type {Ports} from '../../shared/ports.ts';
import {CANARIES, SLOW_CANARIES} from './canaries.ts';
import type {Fault} from './faults.ts';
import {olderCode} from './older-code.ts';
import {GOOD_HABITS} from './services.ts';
import {CALM, ROUGH, type Setting, simulate} from './simulation.ts';
import {type Place, type Played, placesOfFaults, playSingleFaults} from './single-faults.ts';

/** A row of schedules for one worker. */
export type Task =
  | {readonly kind: 'calm'}
  /** So many files dropped at once, the event of each delivered ten times, in any order. */
  | {readonly kind: 'crowd'; readonly drops: number}
  /** Rough schedules in which no service ever tells of the end of a build or job. */
  | {readonly kind: 'silence'; readonly count: number}
  /** Rough schedules while a new version is deployed: every second instance is of an earlier one. */
  | {readonly kind: 'deployment'; readonly count: number}
  | {readonly kind: 'seeds'; readonly from: number; readonly count: number}
  /** One rule less: the fixed schedules, up to the first that breaks an invariant. */
  | {readonly kind: 'canary'; readonly rule: string; readonly count: number}
  /** One rule less that saves time. */
  | {readonly kind: 'slow canary'; readonly rule: string}
  /** One call of the calm schedule, with each kind of fault. */
  | {readonly kind: 'single faults'; readonly place: Place};

/** One schedule that broke an invariant. */
export interface Failure {
  readonly seed: number;
  readonly fault?: {readonly call: number; readonly kind: Fault};
  readonly violations: readonly string[];
  readonly trace: readonly string[];
}

export interface Report {
  readonly schedules: number;
  readonly calls: number;
  readonly starts: number;
  /** How many runs ended in each state. */
  readonly states: Readonly<Partial<Record<RunState, number>>>;
  readonly failures: readonly Failure[];
  /** Over the traces of all schedules, in their order. */
  readonly hash: string;
}

/** Of the many that may fail, what a reader can look through. */
const FAILURES_TOLD = 5;

const CALM_SEED = 1;

/** Of a run that nothing befalls, without those of the sweep. */
const CALM_CALLS = 120;

/** Small enough that all workers end at about the same time. */
const SEEDS_PER_TASK = 50;

export async function perform(task: Task): Promise<Report> {
  const digest = createHash('sha256');
  const failures: Failure[] = [];
  let schedules = 0;
  let calls = 0;
  let starts = 0;
  const states: Partial<Record<RunState, number>> = {};
  for await (const {seed, fault, outcome} of schedulesOf(task)) {
    schedules += 1;
    calls += outcome.calls.length;
    starts += outcome.journal.starts.length;
    for (const {state} of outcome.world.runs.values()) states[state] = (states[state] ?? 0) + 1;
    digest.update(outcome.trace.hash());
    const {violations} = outcome;
    const trace = failures.length < FAILURES_TOLD ? outcome.trace.lines : [];
    if (violations.length > 0) failures.push({seed, violations, trace, ...(fault && {fault})});
  }
  return {schedules, calls, starts, states, failures, hash: digest.digest('hex')};
}

function schedulesOf(task: Task): AsyncGenerator<Played> {
  switch (task.kind) {
    case 'calm':
      return calm();
    case 'crowd':
      return crowd(task);
    case 'silence':
      return silence(task);
    case 'deployment':
      return deployment(task);
    case 'seeds':
      return seeds(task);
    case 'canary':
      return canary(task);
    case 'single faults':
      return playSingleFaults(task.place);
    case 'slow canary':
      return slowCanary(task);
    default:
      return task satisfies never;
  }
}

async function* calm(): AsyncGenerator<Played> {
  const outcome = await simulate(CALM_SEED, CALM);
  const own = outcome.calls.filter(({functionName}) => functionName !== 'sweep').length;
  const found = own > CALM_CALLS ? [`I14 a run takes few calls: ${own}`] : [];
  yield {seed: CALM_SEED, outcome: {...outcome, violations: [...outcome.violations, ...found]}};
}

const COPIES = 10;
const WITHIN_MS = 600_000;

async function* crowd({drops}: Task & {kind: 'crowd'}): AsyncGenerator<Played> {
  const setting: Setting = {
    ...CALM,
    sweepEveryMs: ROUGH.sweepEveryMs,
    habits: () => ({...GOOD_HABITS, startsWithinMs: 1000, workMs: [60_000, 60_000]}),
    people(people) {
      for (let drop = 0; drop < drops; drop += 1)
        people.drop(`flowers/data/${drop}.csv`, {copies: COPIES, withinMs: WITHIN_MS});
    },
  };
  yield {seed: CALM_SEED, outcome: await simulate(CALM_SEED, setting)};
}

async function* silence({count}: Task & {kind: 'silence'}): AsyncGenerator<Played> {
  const setting: Setting = {
    ...ROUGH,
    roads: (chance) => ({...ROUGH.roads(chance), untold: 1}),
    habits: (chance) => ({...ROUGH.habits(chance), lostExecutions: 1}),
  };
  for (let seed = 1; seed <= count; seed += 1) yield {seed, outcome: await simulate(seed, setting)};
}

async function* deployment({count}: Task & {kind: 'deployment'}): AsyncGenerator<Played> {
  for (let seed = 1; seed <= count; seed += 1) {
    let instances = 0;
    const alter = (ports: Ports) => {
      instances += 1;
      return instances % 2 === 0 ? olderCode(ports) : ports;
    };
    yield {seed, outcome: await simulate(seed, {...ROUGH, alter})};
  }
}

async function* seeds({from, count}: Task & {kind: 'seeds'}): AsyncGenerator<Played> {
  for (let seed = from; seed < from + count; seed += 1) yield {seed, outcome: await simulate(seed, ROUGH)};
}

async function* canary({rule, count}: Task & {kind: 'canary'}): AsyncGenerator<Played> {
  const alter = CANARIES[rule];
  if (alter === undefined) throw new RangeError(`no rule “${rule}”`);
  for (let seed = 1; seed <= count; seed += 1) {
    const outcome = await simulate(seed, {...ROUGH, alter});
    yield {seed, outcome};
    if (outcome.violations.length > 0) return;
  }
}

/** The schedules with one fault of a kind, up to the first that takes too long. */
async function* slowCanary({rule}: Task & {kind: 'slow canary'}): AsyncGenerator<Played> {
  const canary = SLOW_CANARIES[rule];
  if (canary === undefined) throw new RangeError(`no rule “${rule}”`);
  const {fault, alter} = canary;
  for (const {faults, ...place} of await placesOfFaults()) {
    if (!faults.includes(fault)) continue;
    for await (const played of playSingleFaults({...place, faults: [fault]}, alter)) {
      yield played;
      if (played.outcome.violations.length > 0) return;
    }
  }
}

export async function singleFaultTasks(): Promise<Task[]> {
  const places = await placesOfFaults();
  return places.map((place) => ({kind: 'single faults', place}));
}

export function seedTasks(from: number, count: number): Task[] {
  const starts = Array.from(
    {length: Math.ceil(count / SEEDS_PER_TASK)},
    (_, index) => index * SEEDS_PER_TASK,
  );
  return starts.map((start) => ({
    kind: 'seeds',
    from: from + start,
    count: Math.min(SEEDS_PER_TASK, count - start),
  }));
}
