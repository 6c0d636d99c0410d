import {RetryableError} from '../../shared/errors.ts';
import type {Ports} from '../../shared/ports.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {PIPELINE_YAML, push} from '../support/story.ts';
import {Bus, GOOD_ROADS, type Roads} from './bus.ts';
import {Chance} from './chance.ts';
import {Executions} from './executions.ts';
import {type FaultPlan, noFaults, swarm} from './faults.ts';
import {Host} from './host.ts';
import {ALWAYS, AT_REST, type Ending, findings} from './invariants.ts';
import {Journal, watchedWorld} from './journal.ts';
import {type Called, Network} from './network.ts';
import {People} from './people.ts';
import {PERMITS} from './permit-invariants.ts';
import {GOOD_HABITS, type Habits, Services} from './services.ts';
import {Trace} from './trace.ts';
import {VirtualTime} from './virtual-time.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Patient, so that most runs get far in spite of so many faults. */
const DEFINITION = `${PIPELINE_YAML}retry: {maxAttempts: 20}\n`;
const WITH_CANARY = DEFINITION.replace('endpoint: flowers}', 'endpoint: flowers, canary: 10%}');

/** Longer than several jobs, one after the other, that run into their timeouts. */
const REST_MS = 120 * HOUR_MS;

/** What a simulation is made of, besides its seed. */
export interface Setting {
  /** How long things go wrong; afterwards everything must come to rest. */
  readonly troubledMs: number;
  readonly sweepEveryMs: number;
  /** The pipeline.yaml. */
  readonly definition: (chance: Chance) => string;
  readonly faults: (chance: Chance) => FaultPlan;
  readonly roads: (chance: Chance) => Roads;
  readonly habits: (chance: Chance) => Habits;
  /** Plans what people do; the clock stands at the beginning. */
  readonly people: (people: People, chance: Chance, time: VirtualTime, world: World) => void;
  /** Removes a rule, by changing what the functions see of the ports, to find out whether that is noticed. */
  readonly alter?: (ports: Ports, world: World) => Ports;
}

/** One drop and everything as it should be. */
export const CALM: Setting = {
  troubledMs: HOUR_MS / 2,
  sweepEveryMs: MINUTE_MS,
  definition: () => DEFINITION,
  faults: () => noFaults,
  roads: () => GOOD_ROADS,
  habits: () => ({...GOOD_HABITS, startsWithinMs: 500, workMs: [80_000, 80_000]}),
  people(people, _chance, time) {
    time.after(0, () => people.drop('flowers/data/a.csv'));
  },
};

/** Two to three drops, and everything that may go wrong. */
export const ROUGH: Setting = {
  troubledMs: 4 * HOUR_MS,
  // The scheduler's minute is kinder, and thirty times as much to play.
  sweepEveryMs: 30 * MINUTE_MS,
  definition: (chance) => (chance.happens(0.3) ? WITH_CANARY : DEFINITION),
  faults: swarm,
  roads: (chance) => ({
    duplicates: chance.happens(0.5) ? 0.15 : 0,
    delays: chance.happens(0.5) ? 0.05 : 0,
    lost: chance.happens(0.3) ? 0.03 : 0,
    untold: chance.happens(0.3) ? 0.3 : 0,
  }),
  habits: (chance) => ({
    listLagMs: chance.happens(0.7) ? MINUTE_MS : 0,
    cancelsWithinMs: MINUTE_MS,
    startsWithinMs: chance.pick([1000, 2 * MINUTE_MS]),
    workMs: [MINUTE_MS, chance.pick([MINUTE_MS, 40 * MINUTE_MS])],
    hanging: chance.happens(0.03) ? 0.3 : 0,
    failingBuilds: chance.happens(0.2) ? 0.3 : 0,
    failingJobs: chance.happens(0.2) ? 0.3 : 0,
    lostExecutions: chance.happens(0.3) ? 0.1 : 0,
    brokenRequests: chance.happens(0.3) ? 0.1 : 0,
    emptyExports: chance.happens(0.1) ? 0.3 : 0,
  }),
  people(people, chance, time, world) {
    const withinMs = chance.pick([1000, 30 * MINUTE_MS]);
    const drop = (name: string) => time.after(chance.between(0, withinMs), () => people.drop(name));
    drop('flowers/data/a.csv');
    drop(chance.happens(0.3) ? 'flowers/data/a.csv' : 'flowers/data/b.csv');
    const sometime = (act: () => void) => time.after(chance.between(0, ROUGH.troubledMs), act);
    const someRun = (act: (runId: string) => void) =>
      sometime(() => {
        if (world.runs.size > 0) act(chance.pick([...world.runs.keys()]));
      });
    if (chance.happens(0.3)) sometime(() => people.forge());
    if (chance.happens(0.3)) someRun((runId) => people.rerun(runId));
    if (chance.happens(0.3)) someRun((runId) => people.cancel(runId));
  },
};

export interface Outcome {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly trace: Trace;
  readonly world: World;
  readonly journal: Journal;
  /** Calls of ports in their order. */
  readonly calls: readonly Called[];
  readonly deliveries: number;
}

/** Plays one schedule of the production handlers: hours of trouble, then rest, then the invariants. */
export async function simulate(seed: number, setting: Setting = ROUGH): Promise<Outcome> {
  const chance = new Chance(seed);
  const time = new VirtualTime(chance);
  const trace = new Trace(time);
  const journal = new Journal();
  const network = new Network({time, chance, trace}, setting.faults(chance));
  const bus: Bus = new Bus({time, chance, trace}, setting.roads(chance), (name, event, settle) =>
    host.invoke(name, event, settle),
  );
  const habits = setting.habits(chance);
  const services = new Services({time, chance, trace, journal, bus}, habits);
  const world: World = watchedWorld(time, journal, {
    started: (start) => services.started(start, world),
    ended: (start, state) => services.ended(start, state),
    executed: (id, execution) => executions.start(id, execution),
  });
  world.messages.push = (...messages) => {
    for (const {topic, runId} of messages) bus.publish(topic, {runId});
    return 0;
  };
  world.dataReady.push = (...objects) => {
    for (const object of objects) bus.publish('data-ready', object);
    return 0;
  };
  world.beforeEffect = (effect) => {
    if (network.broken !== undefined && effect.startsWith(`${network.broken} `))
      throw new RetryableError(`${effect}: 503`);
  };
  const ports = services.behind(memoryPorts(world), world);
  const host = new Host(network, ports, (given) => setting.alter?.(given, world) ?? given);
  const executions = new Executions(
    {time, chance, trace, bus, host, world},
    {lost: habits.lostExecutions, broken: habits.brokenRequests},
  );
  await push(world, setting.definition(chance));
  const people = new People({time, chance, trace, journal, bus, host, world});
  setting.people(people, chance, time, world);

  const ending = {world, journal, bus, calls: network.calls};
  await playOut(setting, {time, network, bus, host, people, ending});
  const restless = time.isQuiet ? [] : ['something still goes on'];
  const found = [...findings({...ALWAYS, ...PERMITS}, ending), ...findings(AT_REST, ending), ...restless];
  return {
    seed,
    violations: found,
    trace,
    world,
    journal,
    calls: network.calls,
    deliveries: bus.deliveries,
  };
}

interface Stage {
  readonly time: VirtualTime;
  readonly network: Network;
  readonly bus: Bus;
  readonly host: Host;
  readonly people: People;
  readonly ending: Ending;
}

/** Hours of trouble, then as long as it takes until nothing is left to do. A pass of the sweep that would find nothing is left out. */
async function playOut(setting: Setting, {time, network, bus, host, people, ending}: Stage): Promise<void> {
  const checksMs = ending.world.nextChecksMs;
  const isAtRest = () => time.isQuiet && findings(AT_REST, ending).length === 0;
  const isCheckDue = () => [...checksMs.values()].some((atMs) => atMs <= time.nowMs);
  const {troubledMs, sweepEveryMs} = setting;
  for (let elapsedMs = 0; elapsedMs < troubledMs + REST_MS; elapsedMs += sweepEveryMs) {
    if (elapsedMs === troubledMs) {
      network.faults = noFaults;
      bus.roads = GOOD_ROADS;
    }
    if (elapsedMs >= troubledMs && checksMs.size === 0 && isAtRest()) return;
    await time.play(sweepEveryMs);
    if (isAtRest() && !isCheckDue()) continue;
    host.request('sweep', {method: 'POST'}, () => {});
    people.promoteCanaries();
    if (elapsedMs >= troubledMs) people.replayDeadLetters();
  }
}
