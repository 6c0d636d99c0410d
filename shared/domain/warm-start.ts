import type {Pipeline} from './pipeline.ts';
import type {Run} from './run.ts';

/**
 * The tuning job that a search with `warmStart` goes on from: the latest of the pipeline that found a best trial on the same platform
 * and searched the same space for the same metric, in whatever run. Undefined when there is none.
 * @param runs of the pipeline, newest first
 */
export function jobToResume(run: Run, runs: readonly Run[]): string | undefined {
  const mine = searchOf(run);
  const earlier = runs.find(
    (other) => other.id !== run.id && other.tuning?.best !== undefined && searchOf(other) === mine,
  );
  return earlier?.tuning?.job;
}

/** For the run's record: where a search with `warmStart` began; nothing for one without. @param resumed the name of a job */
export function warmStartSentence(
  {warmStart}: Pick<Pipeline['tune'], 'warmStart'>,
  resumed: string | undefined,
): string[] {
  if (!warmStart) return [];
  return resumed === undefined
    ? ['the search began anew, as none before had the same parameters, metric and goal']
    : [`the search went on from the trials of ${resumed.slice(resumed.lastIndexOf('/') + 1)}`];
}

/** What two searches must have in common for one to go on from the other. */
function searchOf({definition}: Run): string | undefined {
  if (definition === undefined) return undefined;
  const {platform, tune} = definition.pipeline;
  const parameters = Object.entries(tune.parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([platform, tune.metric, tune.goal, parameters]);
}
