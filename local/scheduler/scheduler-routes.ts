import type {FastifyPluginAsync} from 'fastify';
import {z} from 'zod';
import {type PageRequest, page} from '../page.ts';
import {parseRequest} from '../request.ts';
import {parseNewJob} from './job-request.ts';
import type {Scheduler} from './scheduler.ts';

interface Path {
  readonly project: string;
  readonly location: string;
}

const noFields = z.strictObject({});

type JobPath = Path & {readonly job: string};

/** Cloud Scheduler v1: jobs that call HTTP targets. */
export function schedulerRoutes(scheduler: Scheduler): FastifyPluginAsync {
  const jobs = '/v1/projects/:project/locations/:location/jobs';
  // The router reads `::` as a plain colon.
  const job = `${jobs}/:job([^:/]+)`;
  return async (app) => {
    app.post<{Params: Path}>(jobs, async ({params, body}) =>
      scheduler.create(parseNewJob(body, parentOf(params))),
    );
    app.get<{Params: Path; Querystring: PageRequest}>(jobs, async ({params, query}) => {
      const pageSize = Number(query.pageSize ?? 0);
      const {items, ...rest} = page(scheduler.of(parentOf(params)), ({name}) => name, {...query, pageSize});
      return {jobs: items, ...rest};
    });
    app.get<{Params: JobPath}>(job, async ({params}) => scheduler.read(nameOf(params)));
    app.delete<{Params: JobPath}>(job, async ({params}) => {
      scheduler.delete(nameOf(params));
      return {};
    });
    for (const verb of ['pause', 'resume', 'run'] as const) {
      app.post<{Params: JobPath}>(`${job}::${verb}`, async ({params, body}) => {
        parseRequest(noFields, body ?? {});
        return scheduler[verb](nameOf(params));
      });
    }
  };
}

function parentOf({project, location}: Path): string {
  return `projects/${project}/locations/${location}`;
}

function nameOf(path: JobPath): string {
  return `${parentOf(path)}/jobs/${path.job}`;
}
