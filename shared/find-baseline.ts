import type {RunFacts} from './domain/run.ts';
import type {Ports} from './ports.ts';

const RUNS_LOOKED_AT = 50;

/**
 * The run whose data new data are compared with: the newest released one of the pipeline, for its model answers; else the newest
 * that was split; undefined for the first. Only the newest 50 runs are looked at.
 */
export async function findBaseline(
  pipeline: string,
  {runs}: Pick<Ports, 'runs'>,
): Promise<RunFacts['baseline']> {
  const newest = await runs.list({pipeline, limit: RUNS_LOOKED_AT});
  const split = newest.filter((run) => run.split !== undefined);
  const chosen = split.find(({state}) => state === 'released') ?? split[0];
  return chosen?.split && {run: chosen.id, manifest: chosen.split.manifest};
}
