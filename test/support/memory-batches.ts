import type {BatchPredictions} from '../../shared/batch-ports.ts';
import {PermanentError} from '../../shared/errors.ts';
import {at, type World} from './memory-ports.ts';

/** Batch predictions that end when a test says so. */
export function memoryBatches(world: World): BatchPredictions {
  const {batches, versions} = world;
  return {
    async start(request) {
      world.beforeEffect('start batch prediction');
      if (!versions.has(request.version))
        throw new PermanentError('SERVICE_REFUSED', `no version ${request.version}`);
      const name = `projects/1/locations/l/batchPredictionJobs/${batches.size + 1}`;
      const job = {name, state: 'waiting', createTime: at(world)} as const;
      batches.set(name, {job, request});
      return job;
    },
    findByKey: async (key) => [...batches.values()].findLast(({request}) => request.key === key)?.job,
    find: async (name) => batches.get(name)?.job,
  };
}
