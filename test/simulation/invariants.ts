import {runIdOf} from '../../shared/domain/ids.ts';
import type {Notification} from '../../shared/domain/notifications.ts';
import {isTerminal, RANKS, type RunState} from '../../shared/domain/run.ts';
import type {Job} from '../../shared/job-ports.ts';
import type {World} from '../support/memory-ports.ts';
import type {DeadLetter} from './bus.ts';
import {isActive, type Journal, type Start} from './journal.ts';
import type {Called} from './network.ts';

/** A world at rest, and how it came to be. */
export interface Ending {
  readonly world: World;
  readonly journal: Journal;
  readonly bus: {readonly deadLetters: readonly DeadLetter[]};
  readonly calls: readonly Called[];
}

/** Each tells what it found wrong, one sentence per finding. */
export type Invariants = Readonly<Record<string, (ending: Ending) => string[]>>;

/** Broken once, broken for ever. */
export const ALWAYS: Invariants = {
  /** A second copy is allowed only after the first was seen to fail. */
  'I1 no paid step twice': ({world, journal}) => {
    const paid = Map.groupBy(
      journal.starts.filter(({id}) => journal.worked.has(id)),
      ({effectKey}) => effectKey,
    );
    return [...paid.values()].flatMap((starts) =>
      starts
        .filter((start, index) =>
          starts.slice(0, index).some((earlier) => overlaps(earlier, start, world, journal)),
        )
        .map(({effectKey, id}) => `${effectKey} was paid for again as ${id}`),
    );
  },

  /** A request that stalled can leave a second version behind; nobody may ever use it. */
  'I3 one model version per run is used': ({world}) => {
    const used = [
      ...world.champions,
      ...[...world.endpoints.values()].flatMap(({deployed}) =>
        deployed.map(({model, version}): [string, string] => [model, version]),
      ),
    ];
    return used.flatMap(([model, version]) => {
      const {name = '', effectKey = ''} = world.versions.get(`${model}@${version}`) ?? {};
      return world.effects.get(effectKey)?.resource === name
        ? []
        : [`${model}@${version} is used, but not on record`];
    });
  },

  'I4 rank grows and the end is the end': ({journal}) =>
    journal.moves
      .filter(({run, before}) => before !== undefined && RANKS[run.state] <= RANKS[before.state])
      .map(({run, before}) => `${run.id} went from ${before?.state} to ${run.state}`),

  /** Pipelines name model and endpoint alike. */
  'I8 the champion answers': ({world}) =>
    [...world.endpoints.values()].flatMap(({name, deployed, traffic}) => {
      const answering = deployed.filter(({id}) => traffic[id] === 100).map(({version}) => version);
      const champion = world.champions.get(name);
      const isChampion = answering.length === 1 && answering[0] === champion;
      return isChampion || deployed.length === 0
        ? []
        : [`version ${answering.join()} answers, ${champion} is the champion`];
    }),

  'I8 what is served never gets older': ({journal}) => {
    const releases = journal.moves.filter(({run}) => run.state === 'released').map(({run}) => run);
    return releases.flatMap((run, index) =>
      releases.slice(0, index).some((earlier) => earlier.createdAt > run.createdAt)
        ? [`${run.id} was released after one that was accepted later`]
        : [],
    );
  },

  'I10 an intent before each create': ({journal}) =>
    journal.starts
      .filter(
        ({effectKey, attempt, atMs}) =>
          !journal.intents.some(
            (intent) => intent.key === effectKey && intent.attempt === attempt && intent.atMs <= atMs,
          ),
      )
      .map(
        ({id, effectKey, attempt}) => `${id} is attempt ${attempt} of ${effectKey}, which nobody intended`,
      ),

  'I10 one create for each attempt': ({journal}) =>
    repeated(journal.starts.map(({effectKey, attempt}) => `${effectKey} attempt ${attempt}`)),

  'evidence comes first': ({world, journal}) => {
    const isProven = (runId: string, kind: Job['kind'], atMs: number) =>
      [...world.jobs.values()].some(
        (job) =>
          job.runId === runId &&
          job.kind === kind &&
          job.state === 'succeeded' &&
          journal.worked.has(job.id) &&
          (journal.ended.get(job.id) ?? Number.POSITIVE_INFINITY) <= atMs,
      );
    return journal.moves.flatMap(({run: {id, state}, before, atMs}) => {
      const kind = EVIDENCE.get(state);
      return kind === undefined || before === undefined || isProven(id, kind, atMs)
        ? []
        : [`${id} became ${state} without its ${kind} job`];
    });
  },

  'I11 nothing begins once an end was requested': ({journal}) =>
    journal.intents
      .filter(({key, atMs}) => (journal.cancelRequests.get(runOf(key)) ?? Number.POSITIVE_INFINITY) < atMs)
      .map(({key, attempt}) => `attempt ${attempt} of ${key} was opened after the request`),

  'I11 cancelled means ended': ({journal}) =>
    journal.moves
      .filter(({run}) => run.state === 'cancelled')
      .flatMap(({run, atMs}) =>
        journal.starts
          .filter(({id, effectKey}) => runOf(effectKey) === run.id && journal.worked.has(id))
          .filter(({id}) => (journal.ended.get(id) ?? Number.POSITIVE_INFINITY) > atMs)
          .map(({id}) => `${id} worked on after ${run.id} was cancelled`),
      ),

  'I12 who has ended is told of as he ended': ({world}) =>
    world.outbox
      .filter(({topic, body}) => world.runs.get(String(body.runId))?.state !== TOLD_STATES[topic])
      .map(({topic, body}) => `${topic} was told of ${body.runId}`),

  /** Not counting those of the sweep itself, which looks at all runs at once and has the jobs looked at that go on. */
  'I14 a run takes so many calls at most': ({world, calls}) => {
    const own = calls.filter(({functionName}) => functionName !== 'sweep').length;
    const passes = calls.filter(({name}) => name === 'inventory.read').length;
    const most = world.runs.size * (MOST_CALLS + CALLS_OF_LOOK * passes);
    return own > most ? [`${own} calls for ${world.runs.size} runs and ${passes} looks at them`] : [];
  },

  'I12 runs come from drops': ({world, journal}) =>
    [...world.runs.keys()].filter((id) => !journal.accepted.has(id)).map((id) => `nobody asked for ${id}`),
};

/** What time and the sweeper must bring about. */
export const AT_REST: Invariants = {
  /** Of a generation that nobody was told of and that is gone, nobody can know. */
  'I2 every accepted drop ends': ({world, journal}) =>
    [...journal.accepted].flatMap((id) => {
      const run = world.runs.get(id);
      if (run === undefined) return journal.unheard.has(id) && !isLive(id, world) ? [] : [`no run ${id}`];
      return isTerminal(run.state) ? [] : [`${id} is ${run.state}`];
    }),

  'I6 no dead letter is left': ({bus}) => bus.deadLetters.map(({functionName}) => `one for ${functionName}`),

  'I5 no job goes on': ({world}) =>
    [...world.jobs.values()].filter(({state}) => isActive(state)).map(({id, state}) => `${id} is ${state}`),

  'I12 every end is told of': ({world}) =>
    [...world.runs.values()]
      .filter(({id, state}) =>
        Object.entries(TOLD_STATES).some(
          ([topic, told]) =>
            state === told && !world.outbox.some((sent) => sent.topic === topic && sent.body.runId === id),
        ),
      )
      .map(({id, state}) => `nobody was told that ${id} is ${state}`),

  'I7 the outbox is empty': ({world}) => [...world.pending.keys()].map((id) => `${id} is unpublished`),

  'I9 no permit is left': ({world}) =>
    [...world.permits].flatMap(([kind, {holders, line}]) =>
      [...holders, ...line].map((holder) => `${holder} has or awaits a ${kind} permit`),
    ),
};

/** The state that each notification tells of. */
const TOLD_STATES: Readonly<Record<Notification['topic'], RunState>> = {
  'version-released': 'released',
  'version-rejected': 'rejected',
  'run-failed': 'failed',
};

/** Six times what a run without faults may take. */
const MOST_CALLS = 6 * 120;

/** What a function asks to see that the job of a run goes on. */
const CALLS_OF_LOOK = 6;

/** What a job must have done before a run gets there. */
const EVIDENCE = new Map<RunState, Job['kind']>([
  ['tuned', 'tuning'],
  ['trained', 'training'],
]);

export function findings(invariants: Invariants, ending: Ending): string[] {
  return Object.entries(invariants).flatMap(([name, invariant]) =>
    invariant(ending).map((finding) => `${name}: ${finding}`),
  );
}

/** Did the later one work although the earlier one had neither failed nor been cancelled by then? */
function overlaps(earlier: Start, later: Start, world: World, journal: Journal): boolean {
  const endedMs = journal.ended.get(earlier.id) ?? Number.POSITIVE_INFINITY;
  const state =
    earlier.kind === 'build' ? world.builds.get(earlier.id)?.state : world.jobs.get(earlier.id)?.state;
  const isOver = state !== 'succeeded' && endedMs <= (journal.worked.get(later.id) ?? 0);
  return !isOver;
}

/** The run of an effect; a build has none of its own. */
export function runOf(effectKey: string): string {
  return effectKey.split('-')[0] ?? '';
}

function isLive(runId: string, {objects}: World): boolean {
  return [...objects.values()].some(({info}) => runIdOf({...info, epoch: 0}) === runId);
}

function repeated(all: readonly string[]): string[] {
  return [...new Set(all.filter((one, index) => all.indexOf(one) !== index))];
}
