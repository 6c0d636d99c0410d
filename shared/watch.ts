import type {Job} from './job-ports.ts';
import type {Ports} from './ports.ts';

/** Jobs of AI Platform have no location in their names. */
const AI_PLATFORM_JOB = /^projects\/[^/]+\/jobs\//;

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
  const key = `${kind}-${id.replaceAll('_', '-')}`;
  return workflows.start('watch-job', {kind: watchedAs(kind, name), name}, key);
}

/** Where the workflow finds it: a pipeline job trains, but the service keeps it elsewhere. */
function watchedAs(kind: Job['kind'] | 'build', name: string): string {
  if (name.includes('/pipelineJobs/')) return 'pipeline';
  return AI_PLATFORM_JOB.test(name) ? 'ai-platform' : kind;
}
