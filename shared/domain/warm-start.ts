import {sha256Hex} from './ids.ts';
import type {Pipeline} from './pipeline.ts';

/** What two searches must have in common for one to go on from the other: platform, metric, goal and parameters; as a digest. */
export function searchOf({platform, tune}: Pick<Pipeline, 'platform' | 'tune'>): string {
  const parameters = Object.entries(tune.parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sha256Hex(JSON.stringify([platform, tune.metric, tune.goal, parameters]));
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
