import {ApiError} from '../../api-error.ts';
import type {Task} from './pipeline-schema.ts';

type Tasks = Readonly<Record<string, Task>>;

/** The tasks that must have succeeded before a task begins: those it names, and those whose outputs it reads. */
export function predecessorsOf({dependentTasks, inputs}: Task): string[] {
  const parameters = Object.values(inputs.parameters).map(
    ({taskOutputParameter}) => taskOutputParameter?.producerTask,
  );
  const artifacts = Object.values(inputs.artifacts).map(
    ({taskOutputArtifact}) => taskOutputArtifact?.producerTask,
  );
  return [...new Set([...dependentTasks, ...parameters, ...artifacts])].filter((name) => name !== undefined);
}

/** @throws ApiError INVALID_ARGUMENT when tasks wait for each other, or for one that is not there */
export function assertNoCycle(tasks: Tasks): void {
  const settled = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (settled.has(name)) return;
    if (path.includes(name))
      throw new ApiError(
        'INVALID_ARGUMENT',
        `Invalid pipeline spec: tasks wait for each other: ${[...path, name].join(' → ')}.`,
      );
    const task = tasks[name];
    if (task === undefined)
      throw new ApiError('INVALID_ARGUMENT', `Invalid pipeline spec: there is no task "${name}".`);
    for (const before of predecessorsOf(task)) visit(before, [...path, name]);
    settled.add(name);
  };
  for (const name of Object.keys(tasks)) visit(name, []);
}
