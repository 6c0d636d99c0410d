import {leaveDoor} from './doors.ts';
import type {Ports} from './ports.ts';

/** A newer generation of its object takes the place of a run that has not begun to tune. */
export async function supersede(
  {runId, by}: {readonly runId: string; readonly by: string},
  ports: Pick<Ports, 'runs' | 'permits' | 'messages'>,
): Promise<void> {
  const outcome = await ports.runs.advance(runId, 'superseded', {supersededBy: by});
  if (outcome === 'moved') await leaveDoor('tuning', runId, ports);
}
