import type {FastifyInstance} from 'fastify';
import type {z} from 'zod';
import type {Job, Jobs} from '../jobs/jobs.ts';
import {type Project, segment} from '../names.ts';
import {parseRequest} from '../request.ts';
import {listPage} from '../resource-list.ts';
import {LOCATION_ROUTE, type LocationPath, locationName} from './names.ts';
import type {Operations} from './operations.ts';

export interface JobApi<J extends Job> {
  readonly collection: 'customJobs' | 'hyperparameterTuningJobs';
  /** What a create request may say. */
  readonly schema: z.ZodType<J>;
  readonly jobs: Jobs<J>;
  readonly project: Project;
  readonly operations: Operations;
}

interface JobPath extends LocationPath {
  readonly job: string;
}

/** create, get, list, cancel and delete of one kind of job. */
export function jobRoutes<J extends Job>(app: FastifyInstance, api: JobApi<J>) {
  const {collection, schema, jobs, project, operations} = api;
  const all = `${LOCATION_ROUTE}/${collection}`;
  const one = `${all}/${segment('job')}`;
  const nameOf = (path: JobPath) => `${locationName(project, path)}/${collection}/${path.job}`;

  app.post<{Params: LocationPath}>(all, async ({params, body}) =>
    jobs.create(locationName(project, params), parseRequest(schema, body)),
  );
  app.get<{Params: LocationPath}>(all, async ({params, query}) => {
    const {items, ...rest} = listPage(jobs.list(locationName(project, params)), query);
    return {[collection]: items, ...rest};
  });
  app.get<{Params: JobPath}>(one, async ({params}) => jobs.get(nameOf(params)));
  app.post<{Params: JobPath}>(`${one}::cancel`, async ({params}) => {
    jobs.cancel(nameOf(params));
    return {};
  });
  app.delete<{Params: JobPath}>(one, async ({params}) => {
    jobs.delete(nameOf(params));
    const types = {metadata: 'DeleteOperationMetadata', response: 'Empty'} as const;
    return operations.completed(locationName(project, params), types, {});
  });
}
