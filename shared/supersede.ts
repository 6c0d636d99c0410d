import {effectKeyOf} from './domain/ids.ts';
import {leaveDoor} from './doors.ts';
import {EFFECTS} from './find-job.ts';
import type {Ports} from './ports.ts';

/**
 * A newer generation of its object takes the place of a run that has not begun to tune. If a job was asked for nevertheless, its
 * permit stays with the run until the sweep has seen that job ended.
 */
export async function supersede(
  {runId, by}: {readonly runId: string; readonly by: string},
  ports: Pick<Ports, 'runs' | 'effects' | 'permits' | 'messages'>,
): Promise<void> {
  const outcome = await ports.runs.advance(runId, 'superseded', {supersededBy: by});
  if (outcome !== 'moved') return;
  const {record} = await ports.effects.read(effectKeyOf(runId, EFFECTS.tuning));
  if (record === undefined) await leaveDoor('tuning', runId, ports);
}
