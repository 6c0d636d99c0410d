import {type PermitKind, releaseDoorOf} from './domain/permits.ts';
import {isTerminal, type Run, type RunFacts} from './domain/run.ts';
import {leaveDoor} from './doors.ts';
import type {Job} from './job-ports.ts';
import {platformOf} from './platform-of.ts';
import type {Ports} from './ports.ts';
import {endEffect} from './settle-effect.ts';
import {withdraw} from './settle-endpoint.ts';
import {guardOfJob} from './start-jobs.ts';

/** The newest effect first. */
const KINDS = ['training', 'tuning'] as const;

/** Should a run end, and has not yet? */
export function isBeingCancelled({state, cancelRequested}: Run): boolean {
  return cancelRequested !== undefined && !isTerminal(state);
}

/**
 * Ends a run whose end was requested: what it has put on its endpoint is taken back, its jobs are told to end, and once all have
 * been seen ended the run is cancelled. A job that succeeds in the meantime is noted and brings nothing on. Called again with each event of the run, and by the sweep.
 * A build goes on: other runs may wait for its image.
 */
export async function cancelRun(run: Run, ports: Ports): Promise<'cancelled' | 'ending'> {
  if (run.state === 'releasing' || run.state === 'canary') await withdraw(run, ports);
  const outcomes: JobOutcome[] = [];
  for (const kind of run.definition === undefined ? [] : KINDS) outcomes.push(await endJob(run, kind, ports));
  if (outcomes.includes('ending')) return 'ending';
  const ended = outcomes.filter((outcome) => typeof outcome === 'object');
  await ports.runs.advance(run.id, 'cancelled', ended.length === 0 ? {} : {ended});
  for (const door of doorsOf(run)) await leaveDoor(door, run.id, ports);
  return 'cancelled';
}

/** All that a run can hold a permit of, or stand in line for, in its own name. */
function doorsOf({definition}: Run): readonly PermitKind[] {
  return definition === undefined ? KINDS : [...KINDS, releaseDoorOf(definition.pipeline)];
}

type JobOutcome = 'none' | 'ending' | NonNullable<RunFacts['ended']>[number];

async function endJob(run: Run, kind: Job['kind'], ports: Ports): Promise<JobOutcome> {
  const outcome = await endEffect(ports, guardOfJob(run, kind, ports));
  if (outcome.kind !== 'made') return outcome.kind;
  const {jobs} = platformOf(run, ports);
  const job = await jobs.find(outcome.resource.split('/').at(-1) ?? '');
  if (job === undefined) return 'none';
  const {name, state} = job;
  if (state !== 'waiting' && state !== 'running') return {job: name, state};
  await jobs.cancel(name);
  return 'ending';
}
