import type {FastifyInstance, FastifyPluginAsync} from 'fastify';
import type {cloudbuild_v1} from 'googleapis/build/src/apis/cloudbuild/v1.js';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {parseRequest} from '../request.ts';
import {type Build, buildIdOfOperation, operationOf} from './build.ts';
import {buildFilter} from './build-filter.ts';
import {parseNewBuild} from './build-request.ts';
import {Builds, type BuildsOptions} from './builds.ts';

/** Cloud Build v1: builds that make real images of this machine. */
export interface CloudBuild {
  readonly routes: FastifyPluginAsync;
  /** Interrupts the builds under way; the next start resumes them. */
  close(): Promise<void>;
}

export function cloudBuild(options: BuildsOptions): CloudBuild {
  const builds = new Builds(options);
  return {
    close: () => builds.close(),
    routes: async (app) => {
      app.addHook('onListen', async () => builds.resume());
      buildRoutes(app, builds, '/v1/projects/:project');
      buildRoutes(app, builds, '/v1/projects/:project/locations/:location');
      operationRoutes(app, builds);
      app.get<{Params: {id: string}}>('/builds/:id/log', async ({params}, reply) =>
        reply.type('text/plain; charset=utf-8').send(builds.log(params.id)),
      );
    },
  };
}

interface Path {
  readonly project: string;
  /** Absent in the paths without a location, which mean `global`. */
  readonly location?: string;
}

type BuildPath = Path & {readonly id: string};

function parentOf({project, location = 'global'}: Path) {
  return {project, location};
}

function buildRoutes(app: FastifyInstance, builds: Builds, parent: string): void {
  app.post<{Params: Path}>(`${parent}/builds`, async ({params, body, protocol, host}) => {
    const logUrlOf = (id: string) => `${protocol}://${host}/builds/${id}/log`;
    return operationOf(builds.create(parentOf(params), parseNewBuild(body), logUrlOf));
  });
  app.get<{Params: Path}>(`${parent}/builds`, async ({params, query}) => {
    const {project, location} = parentOf(params);
    const prefix = `projects/${project}/locations/${location}/builds/`;
    return listBuilds(
      builds.newestFirst().filter(({name}) => name.startsWith(prefix)),
      query,
    );
  });
  // The router reads `::` as a plain colon.
  app.get<{Params: BuildPath}>(`${parent}/builds/:id([^:/]+)`, async ({params}) =>
    builds.read(parentOf(params), params.id),
  );
  app.post<{Params: BuildPath}>(`${parent}/builds/:id([^:/]+)::cancel`, async ({params}) =>
    builds.cancel(parentOf(params), params.id),
  );
}

function operationRoutes(app: FastifyInstance, builds: Builds): void {
  for (const parent of [
    '/v1/operations/build/:project',
    '/v1/projects/:project/locations/:location/operations',
  ]) {
    app.get<{Params: Path & {readonly operation: string}}>(`${parent}/:operation`, async ({params}) =>
      operationOf(builds.read(parentOf(params), buildIdOfOperation(params.operation))),
    );
  }
}

const listQuery = z.object({
  filter: z.string().default(''),
  pageSize: z.coerce.number().int().min(0).max(1000).default(0),
  /** The id of the last build shown. */
  pageToken: z.string().default(''),
});

const DEFAULT_PAGE_SIZE = 100;

function listBuilds(all: readonly Build[], query: unknown): cloudbuild_v1.Schema$ListBuildsResponse {
  const {filter, pageSize, pageToken} = parseRequest(listQuery, query);
  const start = pageToken === '' ? 0 : all.findIndex(({id}) => id === pageToken) + 1;
  if (pageToken !== '' && start === 0) throw new ApiError('INVALID_ARGUMENT', 'Invalid page token.');
  const found = all.slice(start).filter(buildFilter(filter));
  const builds = found.slice(0, pageSize || DEFAULT_PAGE_SIZE);
  const last = builds.at(-1);
  return found.length > builds.length && last ? {builds, nextPageToken: last.id} : {builds};
}
