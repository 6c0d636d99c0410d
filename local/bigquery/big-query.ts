import type {FastifyPluginAsync} from 'fastify';
import {z} from 'zod';
import {parseRequest} from '../request.ts';
import type {State} from '../state.ts';
import {storageFiles} from '../storage-files.ts';
import {Jobs} from './jobs.ts';
import {Tables} from './tables.ts';

interface Project {
  readonly project: string;
}

type DatasetPath = Project & {readonly dataset: string};
type TablePath = DatasetPath & {readonly table: string};
type JobPath = Project & {readonly job: string};

const jobQuery = z.object({location: z.string().exactOptional()});
const resultsQuery = jobQuery.extend({
  timeoutMs: z.coerce.number().int().min(0).max(200_000).default(10_000),
});

const PROJECT = '/bigquery/v2/projects/:project';

/**
 * BigQuery v2 as far as a split needs it: export jobs of one statement, over files and streamed tables. Cloud Storage has to be
 * served by the same server. Unfinished jobs are taken up when it listens, and waited for before it closes.
 */
export function bigQuery(state: State): FastifyPluginAsync {
  return async (app) => {
    const tables = new Tables(state);
    const jobs = new Jobs({state, files: storageFiles(() => app.listeningOrigin), tables});
    app.addHook('onListen', async () => jobs.resume());
    app.addHook('preClose', () => jobs.close());
    app.post<{Params: Project}>(`${PROJECT}/jobs`, async ({params, body}) =>
      jobs.insert(params.project, body),
    );
    app.get<{Params: JobPath}>(`${PROJECT}/jobs/:job`, async ({params, query}) =>
      jobs.get(params.project, params.job, parseRequest(jobQuery, query).location),
    );
    app.get<{Params: JobPath}>(`${PROJECT}/queries/:job`, async ({params, query}) =>
      jobs.results(params.project, params.job, parseRequest(resultsQuery, query)),
    );
    await app.register(tableRoutes(tables), {prefix: `${PROJECT}/datasets`});
  };
}

function tableRoutes(tables: Tables): FastifyPluginAsync {
  return async (app) => {
    app.post<{Params: Project}>('/', async ({params, body}) => tables.createDataset(params.project, body));
    app.get<{Params: DatasetPath}>('/:dataset', async ({params}) =>
      tables.getDataset(params.project, params.dataset),
    );
    app.post<{Params: DatasetPath}>('/:dataset/tables', async ({params, body}) =>
      tables.createTable(params.project, params.dataset, body),
    );
    app.get<{Params: TablePath}>('/:dataset/tables/:table', async ({params: {project, dataset, table}}) =>
      tables.getTable(project, dataset, table),
    );
    app.post<{Params: TablePath}>('/:dataset/tables/:table/insertAll', async ({params, body}) =>
      tables.insertRows(params, body),
    );
  };
}
