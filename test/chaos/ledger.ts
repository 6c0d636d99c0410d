import type {Job} from '../../shared/job-ports.ts';
import type {Ports} from '../../shared/ports.ts';
import type {Told} from './told.ts';

/** What came of a run, without anything that differs between two equal runs: ids, times, numbers of attempts. */
export interface RunLedger {
  readonly state: string;
  readonly why?: string;
  /** The states it went through; without `building`, which a run skips that comes when the shared image is there. */
  readonly history: readonly string[];
  /** Jobs that were admitted to work. */
  readonly tuning: number;
  readonly training: number;
  readonly versions: number;
  /** Ids of the events that told of its end. */
  readonly told: number;
}

/** What the whole project holds when nothing goes on any more. */
export interface Leftovers {
  readonly permits: readonly string[];
  readonly outbox: number;
  readonly jobsUnderWay: number;
  readonly deadLetters: number;
}

const EVER = '1970-01-01T00:00:00Z';
const MANY = 1000;

type Jobs = readonly Job[];

/** Reads the ledgers of runs from what the services show, not from what the runs say about it. */
export async function readLedgers(runIds: readonly string[], ports: Ports, told: Told): Promise<RunLedger[]> {
  const jobs = await ports.platforms.vertex.jobs.list({since: EVER});
  await told.read();
  return Promise.all(runIds.map((runId) => readLedger(runId, {ports, jobs, told})));
}

async function readLedger(
  runId: string,
  {ports, jobs, told}: {ports: Ports; jobs: Jobs; told: Told},
): Promise<RunLedger> {
  const run = await ports.runs.find(runId);
  const [tuning, training] = await Promise.all(
    (['tuning', 'training'] as const).map((kind) =>
      countAdmitted(
        jobs.filter((job) => job.runId === runId && job.kind === kind),
        ports,
      ),
    ),
  );
  return {
    state: run?.state ?? 'lost',
    ...(run?.failure && {why: `${run.failure.code}: ${run.failure.message}`}),
    history: run?.history.map(({state}) => state).filter((state) => state !== 'building') ?? [],
    tuning: tuning ?? 0,
    training: training ?? 0,
    versions: await told.versions(run?.pipeline ?? '', runId),
    told: told.idsOf(runId).size,
  };
}

/** Two jobs of one attempt, if ever there were, count as two. */
async function countAdmitted(jobs: Jobs, {admissions}: Ports): Promise<number> {
  const said = await Promise.all(
    jobs.map(({effectKey = '', attempt = 0}) => admissions.read(effectKey, attempt)),
  );
  return said.filter((admission) => admission === 'entered').length;
}

export async function readLeftovers(ports: Ports, told: Told): Promise<Leftovers> {
  const kinds = await ports.permits.kinds();
  const pools = await Promise.all(kinds.map((kind) => ports.permits.read(kind)));
  const jobs = await ports.platforms.vertex.jobs.list({since: EVER});
  return {
    permits: pools.flatMap(({holders, line}) => [...holders, ...line]),
    outbox: (await ports.outbox.stale(0, MANY)).length,
    jobsUnderWay: jobs.filter(({state}) => state === 'waiting' || state === 'running').length,
    deadLetters: await told.deadLetters(),
  };
}
