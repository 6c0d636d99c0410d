import {strayReason} from '../domain/stray-job.ts';
import type {Job} from '../job-ports.ts';
import type {Ports} from '../ports.ts';
import {inTurn} from './in-turn.ts';

type StrayPorts = Pick<Ports, 'platforms' | 'runs' | 'effects'>;

/** No job of ours goes on for longer: the service's own limit is 24 hours. */
const OLDEST_MS = 25 * 3_600_000;

/** Cancels jobs that cost money for nothing: of runs that have ended, and second ones of one effect; one that cannot be cancelled keeps no other from it. @returns how many there were */
export async function endStrayJobs(
  ports: StrayPorts,
  nowMs: number,
): Promise<{orphans: number; duplicates: number}> {
  const since = new Date(nowMs - OLDEST_MS).toISOString();
  const counts = {orphans: 0, duplicates: 0};
  await inTurn(Object.values(ports.platforms), async ({jobs}) => {
    const listed = await jobs.list({since});
    await inTurn(listed.filter(isUnderWay), async (job) => {
      const reason = await reasonToEnd(job, ports);
      if (reason === undefined) return;
      await jobs.cancel(job.name);
      counts[reason === 'orphan' ? 'orphans' : 'duplicates'] += 1;
    });
  });
  return counts;
}

function isUnderWay({state}: Job): boolean {
  return state === 'waiting' || state === 'running';
}

async function reasonToEnd({runId, effectKey, ...job}: Job, {runs, effects}: StrayPorts) {
  if (runId === undefined || effectKey === undefined) return undefined;
  const run = await runs.find(runId);
  const {record} = await effects.read(effectKey);
  return strayReason(job, run, record);
}
