import type {PermitKind} from './domain/permits.ts';
import type {Ports} from './ports.ts';

type DoorPorts = Pick<Ports, 'permits' | 'runs' | 'messages'>;

/**
 * Takes a permit for what a run is about to begin. Without one the run keeps its state and notes what it waits for;
 * the message can be acknowledged, since whoever gives a permit back gives it to the next in line and wakes it.
 * @param holder the run, or for a build the tag of the image: runs that need the same image need one permit
 */
export async function passDoor(
  kind: PermitKind,
  {runId, holder}: {readonly runId: string; readonly holder: string},
  {permits, runs}: DoorPorts,
): Promise<boolean> {
  if (await permits.take(kind, holder)) return true;
  await runs.wait(runId, kind);
  return false;
}

/**
 * Gives a permit or a place in line back, once what it was for has been seen ended, and wakes those who were given it.
 * Who is not woken, since this process dies in between, is by the sweep, which looks at every run that nothing happens to.
 * @returns how many were woken
 */
export async function leaveDoor(kind: PermitKind, holder: string, ports: DoorPorts): Promise<number> {
  const given = await ports.permits.free(kind, holder);
  for (const waiting of given) await wake(kind, waiting, ports);
  return given.length;
}

/** Has the stage that waits for a permit of this kind look again. */
export async function wake(
  kind: PermitKind,
  holder: string,
  {runs, messages}: Pick<Ports, 'runs' | 'messages'>,
): Promise<void> {
  if (kind === 'tuning') return messages.publish('image-ready', {runId: holder});
  if (kind === 'training') return messages.publish('job-complete', {runId: holder});
  if (kind !== 'build') return messages.publish('model-exported', {runId: holder});
  const waiting = await runs.waitingForImage(holder);
  const first = waiting.find(({state}) => state === 'building');
  if (first !== undefined) await messages.publish('split-ready', {runId: first.id});
}
