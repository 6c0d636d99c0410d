import {effectKeyOf} from '../domain/ids.ts';
import type {PermitKind} from '../domain/permits.ts';
import {isTerminal, type RunState} from '../domain/run.ts';
import {trainerEffectKey} from '../domain/trainer-image.ts';
import {wake} from '../doors.ts';
import type {Ports} from '../ports.ts';
import {settleEndpoint} from '../settle-endpoint.ts';

/** The states in which a run needs its permit, and the effect that the permit is for. */
const NEEDS = {
  tuning: {states: ['built', 'tuning'], effect: 'tune'},
  training: {states: ['tuned', 'training'], effect: 'train'},
} as const satisfies Record<string, {states: readonly RunState[]; effect: string}>;

/** Takes back permits that a crash left with those who need them no more, and wakes those whose turn it is. */
export async function checkPermits(ports: Ports): Promise<{freed: number; woken: number}> {
  const counts = {freed: 0, woken: 0};
  for (const kind of await ports.permits.kinds()) {
    const {holders, next} = await ports.permits.read(kind);
    for (const holder of [...holders, ...next]) {
      if (await needs(kind, holder, ports)) continue;
      await ports.permits.free(kind, holder);
      counts.freed += 1;
    }
    const now = await ports.permits.read(kind);
    for (const holder of now.next) await wake(kind, holder, ports);
    counts.woken += now.next.length;
  }
  return counts;
}

function needs(kind: PermitKind, holder: string, ports: Ports): Promise<boolean> {
  if (kind === 'build') return needsBuild(holder, ports);
  return kind === 'tuning' || kind === 'training'
    ? needsJob(kind, holder, ports)
    : needsRelease(holder, ports);
}

/** A release that is under way or still to come. One that was broken off is taken back before the next may begin. */
async function needsRelease(runId: string, ports: Ports): Promise<boolean> {
  const run = await ports.runs.find(runId);
  if (run !== undefined && isTerminal(run.state)) await settleEndpoint(run, ports);
  return run?.state === 'trained' || run?.state === 'releasing';
}

/** A build that is under way, or that somebody waits for and nobody has begun. */
async function needsBuild(tag: string, {effects, builds, runs}: Ports): Promise<boolean> {
  const {record} = await effects.read(trainerEffectKey(tag) ?? tag);
  if (record?.resource !== undefined) return (await builds.read(record.resource))?.state === 'waiting';
  const waiting = await runs.waitingForImage(tag);
  return waiting.some(({state}) => state === 'building');
}

/** A job that is under way counts even when its run has ended: it is being cancelled, and until then it uses the quota. */
async function needsJob(
  kind: 'tuning' | 'training',
  runId: string,
  {runs, effects, jobs}: Ports,
): Promise<boolean> {
  const {states, effect} = NEEDS[kind];
  const run = await runs.find(runId);
  if (run === undefined) return false;
  if (states.some((state) => state === run.state)) return true;
  if (!isTerminal(run.state)) return false;
  const {record} = await effects.read(effectKeyOf(runId, effect));
  const jobId = record?.resource?.split('/').at(-1);
  const job = jobId === undefined ? undefined : await jobs.find(jobId);
  return job?.state === 'waiting' || job?.state === 'running';
}
