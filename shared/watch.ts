import type {Job} from './job-ports.ts';
import type {Ports} from './ports.ts';

/**
 * Has the workflow watch-job follow what was started until it ends: the service's own word of that can be lost.
 * @param name the full name of a job, the id of a build
 */
export function watch(
  kind: Job['kind'] | 'build',
  name: string,
  {workflows}: Pick<Ports, 'workflows'>,
): Promise<void> {
  const id = name.slice(name.lastIndexOf('/') + 1);
  // A pipeline job trains, but the service keeps it elsewhere.
  const watched = name.includes('/pipelineJobs/') ? 'pipeline' : kind;
  return workflows.start('watch-job', {kind: watched, name}, `${kind}-${id}`);
}
