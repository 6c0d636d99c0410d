import type {RunFacts} from './domain/run.ts';
import type {Ports} from './ports.ts';

const RUNS_LOOKED_AT = 50;

/**
 * The run whose data new data are compared with: the newest released one of the pipeline, for its model answers; else, of the newest
 * 50 runs, the newest that was split; undefined when there is none.
 */
export async function findBaseline(
  pipeline: string,
  {runs}: Pick<Ports, 'runs'>,
): Promise<RunFacts['baseline']> {
  const chosen = (await runs.newestReleased(pipeline)) ?? (await findNewestSplit(pipeline, runs));
  return chosen?.split && {run: chosen.id, manifest: chosen.split.manifest};
}

async function findNewestSplit(pipeline: string, runs: Ports['runs']) {
  const newest = await runs.list({pipeline, limit: RUNS_LOOKED_AT});
  return newest.find(({split}) => split !== undefined);
}
