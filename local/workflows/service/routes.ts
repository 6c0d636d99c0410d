import type {FastifyInstance} from 'fastify';
import {z} from 'zod';
import {page} from '../../page.ts';
import {parseRequest} from '../../request.ts';
import {callbackRoute} from './callback-route.ts';
import {executionFilter} from './execution-filter.ts';
import type {ExecutionRecord} from './execution-record.ts';
import type {Executions} from './executions.ts';
import {LOCATION_ROUTE, type LocationPath, locationName, type Project} from './names.ts';
import type {Operations} from './operations.ts';
import type {Workflows} from './workflows.ts';

interface WorkflowPath extends LocationPath {
  readonly workflow: string;
}

interface ExecutionPath extends WorkflowPath {
  readonly execution: string;
}

export interface Services {
  readonly project: Project;
  readonly workflows: Workflows;
  readonly operations: Operations;
  readonly executions: Executions;
}

const pageQuery = z.object({
  pageSize: z.coerce.number().int().exactOptional(),
  pageToken: z.string().exactOptional(),
});

/** The API that deploys: https://cloud.google.com/workflows/docs/reference/rest */
export function workflowRoutes(app: FastifyInstance, {project, workflows, operations}: Services): void {
  const collection = `${LOCATION_ROUTE}/workflows`;
  const item = `${collection}/:workflow`;
  const nameOf = (path: WorkflowPath) => `${locationName(project, path)}/workflows/${path.workflow}`;

  app.post<{Params: LocationPath; Querystring: {workflowId?: string}}>(
    collection,
    async ({params, query, body}) =>
      workflows.create(locationName(project, params), query.workflowId ?? '', body),
  );
  app.get<{Params: LocationPath}>(collection, async ({params, query}) => {
    const {items, ...rest} = page(
      workflows.list(locationName(project, params)),
      ({name}) => name,
      parseRequest(pageQuery, query),
    );
    return {workflows: items, ...rest};
  });
  app.get<{Params: WorkflowPath}>(item, async ({params}) => workflows.read(nameOf(params)));
  app.patch<{Params: WorkflowPath; Querystring: {updateMask?: string}}>(item, async ({params, query, body}) =>
    workflows.update(locationName(project, params), params.workflow, {body, mask: query.updateMask}),
  );
  app.delete<{Params: WorkflowPath}>(item, async ({params}) =>
    workflows.delete(locationName(project, params), params.workflow),
  );
  // Other services have operations under a location too.
  app.get<{Params: LocationPath & {id: string}}>(
    `${LOCATION_ROUTE}/operations/operation-:id`,
    async ({params}) => operations.read(`${locationName(project, params)}/operations/operation-${params.id}`),
  );
}

const views = z.enum(['EXECUTION_VIEW_UNSPECIFIED', 'BASIC', 'FULL']);

const listQuery = z.object({
  filter: z.string().default(''),
  pageSize: z.coerce.number().int().min(0).default(0),
  /** The name of the last execution shown. */
  pageToken: z.string().default(''),
  view: views.default('BASIC'),
});

const DEFAULT_PAGE_SIZE = 100;

/** The API that runs: https://cloud.google.com/workflows/docs/reference/executions/rest */
export function executionRoutes(app: FastifyInstance, {project, executions}: Services): void {
  const collection = `${LOCATION_ROUTE}/workflows/:workflow/executions`;
  const item = `${collection}/:execution([^:/]+)`;
  const workflowOf = (path: WorkflowPath) => `${locationName(project, path)}/workflows/${path.workflow}`;
  const nameOf = (path: ExecutionPath) => `${workflowOf(path)}/executions/${path.execution}`;

  app.post<{Params: WorkflowPath}>(collection, async ({params, body}) =>
    executions.create(workflowOf(params), body ?? {}),
  );
  app.get<{Params: WorkflowPath}>(collection, async ({params, query}) => {
    const {filter, pageSize, pageToken, view} = parseRequest(listQuery, query);
    const found = executions.list(workflowOf(params)).filter(executionFilter(filter));
    const start = pageToken === '' ? 0 : found.findIndex(({name}) => name === pageToken) + 1;
    const shown = found.slice(start, start + Math.min(pageSize || DEFAULT_PAGE_SIZE, 1000));
    const last = shown.at(-1);
    const more = last !== undefined && last !== found.at(-1) && {nextPageToken: last.name};
    return {executions: shown.map((record) => (view === 'FULL' ? record : basicView(record))), ...more};
  });
  app.get<{Params: ExecutionPath}>(item, async ({params, query}) => {
    const {view} = parseRequest(z.object({view: views.default('FULL')}), query);
    const record = executions.read(nameOf(params));
    if (view === 'BASIC') return basicView(record);
    const currentSteps = executions.entries.current(record.name).map(({routine, step}) => ({routine, step}));
    return {...record, status: {currentSteps}};
  });
  // The router reads `::` as a plain colon.
  app.post<{Params: ExecutionPath}>(`${item}::cancel`, async ({params}) => executions.cancel(nameOf(params)));
  callbackRoute<ExecutionPath & {callback: string}>(app, {
    route: `${item}/callbacks/:callback`,
    nameOf: (path) => `${nameOf(path)}/callbacks/${path.callback}`,
    callbacks: executions.callbacks,
  });
  app.get<{Params: ExecutionPath}>(`${item}/stepEntries`, async ({params, query}) => {
    const {name} = executions.read(nameOf(params));
    const stepEntries = executions.entries.list(name);
    const {items, ...rest} = page(
      stepEntries,
      ({entryId}) => String(entryId).padStart(6, '0'),
      parseRequest(pageQuery, query),
    );
    return {stepEntries: items, totalSize: stepEntries.length, ...rest};
  });
  app.get<{Params: ExecutionPath & {entry: string}}>(`${item}/stepEntries/:entry`, async ({params}) =>
    executions.entries.read(`${nameOf(params)}/stepEntries/${params.entry}`),
  );
}

/** What a list shows unless it is asked for everything. */
function basicView({
  name,
  createTime,
  startTime,
  endTime,
  duration,
  state,
  workflowRevisionId,
}: ExecutionRecord) {
  return {name, createTime, startTime, endTime, duration, state, workflowRevisionId};
}
