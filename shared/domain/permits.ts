import type {Pipeline} from './pipeline.ts';
import {modelOf, servingOf} from './serving.ts';

/** What there is a number of permits for in the configuration. */
export type CountedKind = 'build' | 'tuning' | 'training';

/** What runs wait for when too many do the same: releases stand in line at each endpoint. */
export type PermitKind = CountedKind | `release-${string}`;

/** The line of those who want to be released at an endpoint. */
export function releaseDoor(endpoint: string): PermitKind {
  return `release-${endpoint}`;
}

/** Where a pipeline's runs stand in line; those that are not served, at their model. */
export function releaseDoorOf(pipeline: Pick<Pipeline, 'name' | 'serve'>): PermitKind {
  return releaseDoor(servingOf(pipeline)?.endpoint ?? modelOf(pipeline));
}

/** Reads back what a line is called; undefined for no such name. */
export function permitKindOf(name: string): PermitKind | undefined {
  if (isCounted(name)) return name;
  return name.startsWith('release-') ? releaseDoor(name.slice('release-'.length)) : undefined;
}

export interface PermitLimits {
  /** How many may hold a permit at one time. */
  readonly atOnce: number;
  /** How many permits may be given in any minute. */
  readonly perMinute: number;
}

/** Who holds permits of one kind and who waits for one, in the order of arrival; of a long line, as many as there is room for are enough. */
export interface PermitPool {
  readonly holders: readonly string[];
  readonly line: readonly string[];
  /** When permits were given during the last minute: server times in milliseconds. */
  readonly givenAtMs: readonly number[];
}

export const EMPTY_POOL: PermitPool = {holders: [], line: [], givenAtMs: []};

const MINUTE_MS = 60_000;

/**
 * What Vertex AI takes in a minute in a project and region, unless the quota was raised.
 * @see https://cloud.google.com/vertex-ai/docs/quotas
 */
export const JOB_SUBMISSIONS = 60;

/** Of the submissions four fifths are used, half by each kind of job; the rest is left to second attempts, which need no second permit. */
const SHARE_OF_A_KIND = 0.4;

/** Cloud Build names no limit that 10 builds could reach. */
const BUILDS_PER_MINUTE = 60;

/** Two releases at one endpoint would take each other's deployments down; Vertex AI changes an endpoint one by one anyway. */
const RELEASES: PermitLimits = {atOnce: 1, perMinute: 60};

/**
 * @param atOnce how many may hold a permit of each counted kind
 * @param submissions how many jobs Vertex AI takes in a minute
 */
export function permitLimits(
  atOnce: Readonly<Record<CountedKind, number>>,
  submissions = JOB_SUBMISSIONS,
): (kind: PermitKind) => PermitLimits {
  const jobsPerMinute = Math.floor(submissions * SHARE_OF_A_KIND);
  return (kind) => {
    if (!isCounted(kind)) return RELEASES;
    return {atOnce: atOnce[kind], perMinute: kind === 'build' ? BUILDS_PER_MINUTE : jobsPerMinute};
  };
}

function isCounted(name: string): name is CountedKind {
  return name === 'build' || name === 'tuning' || name === 'training';
}

/**
 * First come, first served: grants when there is room for everybody who came before, else keeps the place in line.
 * Asked again, a holder keeps its permit and costs nothing.
 * @returns the very same pool when nothing has changed
 */
export function takePermit(
  pool: PermitPool,
  holder: string,
  limits: PermitLimits,
  nowMs: number,
): {readonly granted: boolean; readonly pool: PermitPool} {
  if (pool.holders.includes(holder)) return {granted: true, pool};
  const isInLine = pool.line.includes(holder);
  const line = isInLine ? pool.line : [...pool.line, holder];
  if (line.indexOf(holder) >= roomIn(pool, limits, nowMs)) {
    return {granted: false, pool: isInLine ? pool : {...pool, line}};
  }
  const granted = {
    holders: [...pool.holders, holder],
    line: line.filter((other) => other !== holder),
    givenAtMs: [...lastMinute(pool, nowMs), nowMs],
  };
  return {granted: true, pool: granted};
}

/** Takes back a permit, or a place in line. @returns the very same pool when there was neither */
export function freePermit(pool: PermitPool, holder: string): PermitPool {
  const holders = pool.holders.filter((other) => other !== holder);
  const line = pool.line.filter((other) => other !== holder);
  const isUnchanged = holders.length === pool.holders.length && line.length === pool.line.length;
  return isUnchanged ? pool : {...pool, holders, line};
}

/**
 * Gives permits to those in line for whom there is room, in the order of arrival.
 * @param to of these only those; what there is room for is kept for the others
 * @returns the very same pool when there are none
 */
export function givePermits(
  pool: PermitPool,
  limits: PermitLimits,
  {nowMs, to}: {readonly nowMs: number; readonly to?: readonly string[]},
): {readonly given: readonly string[]; readonly pool: PermitPool} {
  const next = nextInLine(pool, limits, nowMs);
  const given = to === undefined ? next : next.filter((holder) => to.includes(holder));
  return {given, pool: given.reduce((left, holder) => takePermit(left, holder, limits, nowMs).pool, pool)};
}

/** Those in line who would get a permit if they asked now. */
export function nextInLine(pool: PermitPool, limits: PermitLimits, nowMs: number): readonly string[] {
  return pool.line.slice(0, roomIn(pool, limits, nowMs));
}

/** How many more could get a permit now. */
export function roomIn(pool: PermitPool, {atOnce, perMinute}: PermitLimits, nowMs: number): number {
  return Math.max(0, Math.min(atOnce - pool.holders.length, perMinute - lastMinute(pool, nowMs).length));
}

function lastMinute({givenAtMs}: PermitPool, nowMs: number): readonly number[] {
  return givenAtMs.filter((atMs) => atMs > nowMs - MINUTE_MS);
}
