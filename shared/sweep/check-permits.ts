import type {PermitKind} from '../domain/permits.ts';
import {isTerminal, type RunState} from '../domain/run.ts';
import {trainerEffectKey} from '../domain/trainer-image.ts';
import {leaveDoor, wake} from '../doors.ts';
import {findBegunJob} from '../find-job.ts';
import type {Job} from '../job-ports.ts';
import type {Ports} from '../ports.ts';
import {settleEndpoint} from '../settle-endpoint.ts';
import {inTurn} from './in-turn.ts';

/** The states in which a run needs its permit. */
const NEEDED_IN: Readonly<Record<Job['kind'], readonly RunState[]>> = {
  tuning: ['built', 'tuning'],
  training: ['tuned', 'training'],
};

/**
 * Takes back permits that a crash left with those who need them no more, and wakes those whose turn it is. A holder that cannot be looked
 * at keeps its own permit only.
 */
export async function checkPermits(ports: Ports): Promise<{freed: number; woken: number}> {
  const counts = {freed: 0, woken: 0};
  await inTurn(await ports.permits.kinds(), async (kind) => {
    const {holders, next} = await ports.permits.read(kind);
    const looking = inTurn([...holders, ...next], async (holder) => {
      if (await needs(kind, holder, ports)) return;
      counts.woken += await leaveDoor(kind, holder, ports);
      counts.freed += 1;
    });
    await looking.finally(async () => {
      const now = await ports.permits.read(kind);
      await inTurn(now.next, (holder) => wake(kind, holder, ports));
      counts.woken += now.next.length;
    });
  });
  return counts;
}

function needs(kind: PermitKind, holder: string, ports: Ports): Promise<boolean> {
  if (kind === 'build') return needsBuild(holder, ports);
  return kind === 'tuning' || kind === 'training'
    ? needsJob(kind, holder, ports)
    : needsRelease(holder, ports);
}

const RELEASING: readonly RunState[] = ['trained', 'releasing', 'canary'];

/** A release that is under way or still to come. One that was broken off is taken back before the next may begin. */
async function needsRelease(runId: string, ports: Ports): Promise<boolean> {
  const run = await ports.runs.find(runId);
  if (run !== undefined && isTerminal(run.state)) await settleEndpoint(run, ports);
  return run !== undefined && RELEASING.includes(run.state);
}

/** A build that is under way, or that somebody waits for and nobody has begun. */
async function needsBuild(tag: string, {effects, builds, runs}: Ports): Promise<boolean> {
  const {record} = await effects.read(trainerEffectKey(tag) ?? tag);
  if (record?.resource !== undefined) return (await builds.read(record.resource))?.state === 'waiting';
  const waiting = await runs.waitingForImage(tag);
  return waiting.some(({state}) => state === 'building');
}

/** A job that is under way counts even when its run has ended: it is being cancelled, and until then it uses the quota. */
async function needsJob(kind: Job['kind'], runId: string, ports: Ports): Promise<boolean> {
  const run = await ports.runs.find(runId);
  if (run === undefined) return false;
  if (NEEDED_IN[kind].includes(run.state)) return true;
  if (!isTerminal(run.state)) return false;
  const job = await findBegunJob(run, kind, ports);
  return job?.state === 'waiting' || job?.state === 'running';
}
