import {runIdOf} from '../../shared/domain/ids.ts';
import {EMPTY_POOL} from '../../shared/domain/permits.ts';
import type {Run} from '../../shared/domain/run.ts';
import {PermanentError, RefusedError, RetryableError} from '../../shared/errors.ts';
import type {Job} from '../../shared/job-ports.ts';
import type {Ports} from '../../shared/ports.ts';
import type {World} from '../support/memory-ports.ts';
import {onPlatform} from '../support/on-platform.ts';
import type {Fault} from './faults.ts';
import {TRIALS} from './services.ts';

/** Takes one rule away, by lying to the functions about what the ports say. */
type Canary = (ports: Ports, world: World) => Ports;

const SKEW_MS = 5 * 60_000;

/** Each rule of the protocol, removed. A rig that lets one of these live proves nothing. */
export const CANARIES: Readonly<Record<string, Canary>> = {
  'no admission': (ports) => ({
    ...ports,
    admissions: {read: async () => undefined, revoke: async () => 'revoked'},
  }),

  'no revoking': (ports) => ({
    ...ports,
    admissions: {...ports.admissions, revoke: async () => 'revoked'},
  }),

  'no fence on the record': (ports, world) => ({
    ...ports,
    effects: {
      ...ports.effects,
      async record(key, attempt, resource) {
        const record = world.effects.get(key);
        world.effects.set(key, {sentAtMs: world.nowMs, refused: false, ...record, attempt, resource});
        return true;
      },
    },
  }),

  'no sweep': (ports) => ({
    ...ports,
    inventory: {...ports.inventory, read: () => Promise.reject(new RetryableError('no sweep'))},
  }),

  'no permits': (ports) => ({...ports, permits: {...ports.permits, take: async () => true}}),

  'permits without end': (ports, world) => ({
    ...ports,
    permits: {
      ...ports.permits,
      async take(kind, holder) {
        const pool = world.permits.get(kind) ?? EMPTY_POOL;
        const others = pool.holders.filter((other) => other !== holder);
        world.permits.set(kind, {...pool, holders: [...others, holder]});
        return true;
      },
    },
  }),

  'a permit is given back when an end is asked for': (ports) => ({
    ...ports,
    runs: {
      ...ports.runs,
      async requestCancel(id, request) {
        for (const kind of ['tuning', 'training'] as const) await ports.permits.free(kind, id);
        return ports.runs.requestCancel(id, request);
      },
    },
  }),

  'an end is not told of': (ports) => ({
    ...ports,
    runs: {...ports.runs, advance: (id, to, facts) => ports.runs.advance(id, to, facts)},
  }),

  'one look becomes many': (ports) => ({
    ...ports,
    runs: {
      ...ports.runs,
      async find(id) {
        for (let look = 0; look < 40; look += 1) await ports.runs.find(id);
        return ports.runs.find(id);
      },
    },
  }),

  'a cancellation stops nothing': (ports, world) => ({
    ...ports,
    effects: {
      ...ports.effects,
      async intend(key, attempt, runId) {
        const run = world.runs.get(runId);
        if (run?.cancelRequested === undefined) return ports.effects.intend(key, attempt, runId);
        world.effects.set(key, {attempt, sentAtMs: world.nowMs, refused: false});
        return 'opened';
      },
    },
    runs: {...ports.runs, find: async (id) => uncancelled(await ports.runs.find(id))},
  }),

  'an older model may be released': (ports) => ({
    ...ports,
    runs: {
      ...ports.runs,
      async find(id) {
        const run = await ports.runs.find(id);
        return run && {...run, createdAt: '2999-01-01T00:00:00.000Z'};
      },
    },
  }),

  'no intent': (ports, world) => ({
    ...ports,
    effects: {
      ...ports.effects,
      intend: async () => 'opened',
      async record(key, attempt, resource) {
        world.effects.set(key, {attempt, sentAtMs: world.nowMs, refused: false, resource});
        return true;
      },
    },
  }),

  'no look-up': (ports) =>
    onPlatform(
      {...ports, builds: {...ports.builds, findByEffect: async () => undefined}},
      {jobs: {findByEffect: async () => undefined}},
    ),

  'no fence on the intent': (ports, world) => ({
    ...ports,
    effects: {
      ...ports.effects,
      async intend(key, attempt) {
        world.effects.set(key, {attempt, sentAtMs: world.nowMs, refused: false});
        return 'opened';
      },
    },
  }),

  'neither quarantine nor admission': (ports) => ({
    ...ports,
    admissions: {read: async () => undefined, revoke: async () => 'revoked'},
    effects: {
      ...ports.effects,
      async read(key) {
        const {record, nowMs} = await ports.effects.read(key);
        return {record: record && {...record, sentAtMs: 0}, nowMs};
      },
    },
  }),

  'a clock of one’s own, and no admission': (ports) => ({
    ...ports,
    admissions: {read: async () => undefined, revoke: async () => 'revoked'},
    effects: {
      ...ports.effects,
      async read(key) {
        const {record, nowMs} = await ports.effects.read(key);
        return {record, nowMs: nowMs + SKEW_MS};
      },
    },
  }),

  'clients send a create again': (ports) => {
    const {builds, platforms} = ports;
    const {jobs} = platforms.vertex;
    return onPlatform(
      {...ports, builds: {...builds, start: again(builds.start)}},
      {jobs: {startTuning: again(jobs.startTuning), startTraining: again(jobs.startTraining)}},
    );
  },

  'the record is deleted when a create fails': (ports, world) => {
    const {builds, platforms} = ports;
    const {jobs} = platforms.vertex;
    return onPlatform(
      {
        ...ports,
        builds: {...builds, start: (request) => forgetting(builds.start(request), request, world)},
      },
      {
        jobs: {
          startTuning: (request) => forgetting(jobs.startTuning(request), request, world),
          startTraining: (request) => forgetting(jobs.startTraining(request), request, world),
        },
      },
    );
  },

  'no state machine': (ports, world) => ({
    ...ports,
    runs: {
      ...ports.runs,
      async advance(id, to, facts, announce) {
        const run = world.runs.get(id);
        if (run === undefined) return ports.runs.advance(id, to, facts, announce);
        world.runs.set(id, {...run, ...facts, state: to, rev: run.rev + 1});
        return 'moved';
      },
    },
  }),

  'a generation is a number': (ports) => ({
    ...ports,
    runs: {
      ...ports.runs,
      create(run) {
        const generation = String(Number(run.input.generation));
        return ports.runs.create({...run, id: runIdOf({...run.input, generation})});
      },
    },
  }),

  'a message is believed': (ports) => {
    const {jobs} = ports.platforms.vertex;
    return onPlatform(ports, {jobs: {find: async (id) => believed(await jobs.find(id))}});
  },
};

/** Rules that save time and nothing else, removed; each with a kind of fault that then costs too much. */
export const SLOW_CANARIES: Readonly<Record<string, {readonly fault: Fault; readonly alter: Canary}>> = {
  'a refusal is not noted': {
    fault: 'refused',
    alter: (ports) => ({...ports, effects: {...ports.effects, refuse: async () => true}}),
  },

  'nobody tries again before the sweep looks': {
    fault: 'error-lost',
    alter: (ports) => ({
      ...ports,
      workflows: {
        async start(workflow, argument, key) {
          if (workflow !== 'retry-stage') await ports.workflows.start(workflow, argument, key);
        },
      },
    }),
  },

  'what a crash left in the outbox stays there for an hour': {
    fault: 'unmarked',
    alter: (ports) => ({
      ...ports,
      outbox: {...ports.outbox, stale: (_olderThanMs, limit) => ports.outbox.stale(3_600_000, limit)},
    }),
  },
};

function again<Request>(create: (request: Request) => Promise<string>): typeof create {
  return (request) =>
    create(request).catch((error: unknown) => {
      if (error instanceof RefusedError || error instanceof PermanentError) throw error;
      return create(request);
    });
}

async function forgetting(
  created: Promise<string>,
  {effectKey}: {readonly effectKey: string},
  world: World,
): Promise<string> {
  return created.catch((error: unknown) => {
    world.effects.delete(effectKey);
    throw error;
  });
}

/** As if nobody wanted the run to end. */
function uncancelled(run: Run | undefined): Run | undefined {
  if (run === undefined) return undefined;
  const {cancelRequested: _, ...rest} = run;
  return rest;
}

/** Whoever says that a job has ended is right. */
function believed(job: Job | undefined): Job | undefined {
  return job && {...job, state: 'succeeded', trials: job.kind === 'tuning' ? TRIALS : []};
}
