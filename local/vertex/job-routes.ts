import type {FastifyInstance} from 'fastify';
import type {z} from 'zod';
import {ApiError} from '../api-error.ts';
import type {Job, Jobs} from '../jobs/jobs.ts';
import {type Project, segment} from '../names.ts';
import {parseRequest} from '../request.ts';
import {listPage} from '../resource-list.ts';
import {LOCATION_ROUTE, type LocationPath, locationName} from './names.ts';
import type {Operations} from './operations.ts';

export interface JobApi<J extends Job> {
  readonly collection: 'customJobs' | 'hyperparameterTuningJobs' | 'pipelineJobs' | 'batchPredictionJobs';
  /** What a create request may say. */
  readonly schema: z.ZodType<J>;
  readonly jobs: Jobs<J>;
  /** The id that a create request asks for; without it, all ids are the service's. */
  readonly askedId?: (query: unknown, job: J) => string | undefined;
  /** The job as it is begun; throws when what it names is not there. */
  readonly begun?: (job: J) => J;
  /** A job as its readers see it, and as lists show it. */
  readonly shown?: (job: J) => J;
  readonly listed?: (job: J) => J;
  readonly project: Project;
  readonly operations: Operations;
}

interface JobPath extends LocationPath {
  readonly job: string;
}

/** create, get, list, cancel and delete of one kind of job. */
export function jobRoutes<J extends Job>(app: FastifyInstance, api: JobApi<J>) {
  const {collection, schema, jobs, project, operations, askedId} = api;
  const {begun = same, shown = same, listed = shown} = api;
  const all = `${LOCATION_ROUTE}/${collection}`;
  const one = `${all}/${segment('job')}`;
  const nameOf = (path: JobPath) => `${locationName(project, path)}/${collection}/${path.job}`;

  app.post<{Params: LocationPath}>(all, async ({params, query, body}) => {
    const parent = locationName(project, params);
    const job = begun(parseRequest(schema, body));
    const id = askedId?.(query, job);
    const name = `${parent}/${collection}/${id}`;
    if (id !== undefined && jobs.has(name))
      throw new ApiError('ALREADY_EXISTS', `The resource "${name}" already exists.`);
    return shown(jobs.create(parent, job, id));
  });
  app.get<{Params: LocationPath}>(all, async ({params, query}) => {
    const {items, ...rest} = listPage(jobs.list(locationName(project, params)).map(listed), query);
    return {[collection]: items, ...rest};
  });
  app.get<{Params: JobPath}>(one, async ({params}) => shown(jobs.get(nameOf(params))));
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

function same<J>(job: J): J {
  return job;
}
