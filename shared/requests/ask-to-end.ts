import {cancelRun} from '../cancel-run.ts';
import {findRun} from '../find-run.ts';
import type {Ports} from '../ports.ts';

/**
 * Asks a run to end and takes the first step at once; the events of its jobs, and the sweep, take the others.
 * @returns `ended` when the run had ended before, however
 * @throws PermanentError NO_SUCH_RUN
 */
export async function askToEnd(
  runId: string,
  request: {by: string; reason: string},
  ports: Ports,
): Promise<'asked' | 'ended'> {
  if ((await ports.runs.requestCancel(runId, request)) === 'ended') return 'ended';
  await cancelRun(await findRun(runId, ports), ports);
  return 'asked';
}
