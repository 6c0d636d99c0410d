import type {Workflows} from '../../shared/ports.ts';
import type {World} from './memory-ports.ts';

export function memoryWorkflows(world: World): Workflows {
  return {
    async start(workflow, argument, key) {
      world.beforeEffect(`start ${workflow}`);
      if (!world.executions.has(key)) world.executions.set(key, {workflow, argument});
    },
  };
}
