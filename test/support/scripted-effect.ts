import {PermanentError, RefusedError, RetryableError} from '../../shared/errors.ts';
import {type GuardedEffect, settleEffect} from '../../shared/settle-effect.ts';
import {enter} from './memory-admissions.ts';
import {emptyWorld, memoryPorts, type World} from './memory-ports.ts';

/** A world with the run that needs the effect. */
export function worldWithRun(): World {
  const world = emptyWorld();
  const at = new Date(world.nowMs).toISOString();
  const input = {bucket: 'b', name: 'p/data/x.csv', generation: '1', epoch: 0};
  const times = {createdAt: at, updatedAt: at, history: []};
  world.runs.set('r1', {id: 'r1', pipeline: 'p', state: 'built', rev: 1, input, ...times});
  return world;
}

/** Delivers once; the outcome is the resource, or the error. */
export function settle(world: World, effect: GuardedEffect): Promise<unknown> {
  return settleEffect(memoryPorts(world), effect).catch((error: unknown) => error);
}

/** What was applied late begins to work in the very moment it is given up, and no list shows it. */
export function entersWhenRevoked(world: World, effect: ScriptedEffect): void {
  world.beforeEffect = (name) => {
    if (!name.startsWith('revoke')) return;
    effect.setLists(false);
    effect.land();
    effect.start();
  };
}

/** How a create request ends: for the service, and for whoever sent it. */
export const FATES = [
  'answered',
  'made but unanswered',
  'lost',
  'applied late',
  'stalled',
  'refused',
  'refused for good',
] as const;

export type Fate = (typeof FATES)[number];

/**
 * A service of jobs that plays the given fates and answers well afterwards. A job's container enters before it works, as every
 * container of ours does; `paid` names those that worked.
 */
export class ScriptedEffect implements GuardedEffect {
  readonly key = 'r1-tune';
  readonly runId = 'r1';
  readonly hasAdmission: boolean = true;
  readonly attempts: number[] = [];
  readonly made = new Map<number, string>();
  readonly discarded: string[] = [];
  readonly paid: string[] = [];
  readonly #world: World;
  readonly #fates: Fate[];
  readonly #listed = new Set<number>();
  readonly #started = new Set<number>();
  readonly #late: (() => void)[] = [];
  readonly #stalled: (() => void)[] = [];
  #lists = true;

  constructor(world: World, fates: readonly Fate[] = []) {
    this.#world = world;
    this.#fates = [...fates];
  }

  async find(attempt: number) {
    return this.#lists || this.#listed.has(attempt) ? this.made.get(attempt) : undefined;
  }

  async create(attempt: number) {
    this.attempts.push(attempt);
    const fate = this.#fates.shift() ?? 'answered';
    if (fate === 'refused') throw new RefusedError('429');
    if (fate === 'refused for good') throw new PermanentError('SERVICE_REFUSED', '400');
    if (fate === 'lost') throw new RetryableError('timeout');
    const make = () => this.made.set(attempt, `job-${attempt}`);
    if (fate === 'applied late') {
      this.#late.push(make);
      throw new RetryableError('timeout');
    }
    if (fate === 'stalled') await new Promise<void>((wake) => this.#stalled.push(wake));
    make();
    if (fate === 'made but unanswered') throw new RetryableError('timeout');
    return `job-${attempt}`;
  }

  async discard(resource: string) {
    this.discarded.push(resource);
  }

  /** Lists stop or go on to show what is made. */
  setLists(areTrue: boolean): void {
    if (this.#lists) for (const attempt of this.made.keys()) this.#listed.add(attempt);
    this.#lists = areTrue;
  }

  /** What was applied late is there now. */
  land(): void {
    for (const make of this.#late.splice(0)) make();
  }

  /** Deliveries that stood still before they sent go on. */
  wake(): void {
    for (const go of this.#stalled.splice(0)) go();
  }

  /** Whatever is there starts its container. */
  start(): void {
    for (const [attempt, name] of this.made) {
      if (this.#started.has(attempt)) continue;
      this.#started.add(attempt);
      if (enter(this.#world, {effectKey: this.key, attempt})) this.paid.push(name);
    }
  }
}

/** The same of something that runs no container of ours. */
export function withoutAdmission(effect: ScriptedEffect): GuardedEffect {
  return {
    key: effect.key,
    runId: effect.runId,
    hasAdmission: false,
    find: (attempt) => effect.find(attempt),
    create: (attempt) => effect.create(attempt),
    discard: (resource) => effect.discard(resource),
  };
}
