import type {Run, RunFacts} from './domain/run.ts';
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
  const newest = await runs.list({pipeline, limit: RUNS_LOOKED_AT});
  const chosen =
    (await findReleased(pipeline, newest, runs)) ?? newest.find(({split}) => split !== undefined);
  return chosen?.split && {run: chosen.id, manifest: chosen.split.manifest};
}

async function findReleased(pipeline: string, newest: readonly Run[], runs: Ports['runs']) {
  const released = newest.find(({state}) => state === 'released');
  const areAll = newest.length < RUNS_LOOKED_AT;
  return released !== undefined || areAll ? released : runs.newestReleased(pipeline);
}
