/** One REST method of a Google API, as its discovery document describes it. */
export interface Method {
  readonly verb: 'GET' | 'POST' | 'DELETE';
  /** From the root of the service; `{name}` takes one path segment, `{+name}` a resource name. */
  readonly path: string;
  readonly query?: readonly string[];
  readonly hasBody?: boolean;
  /** What a method that starts long work is followed by. */
  readonly follows?: 'bigquery-job';
}

const BIGQUERY_JOBS = '/bigquery/v2/projects/{projectId}/jobs';
const BIGQUERY_QUERIES = '/bigquery/v2/projects/{projectId}/queries';
const OBJECTS = '/storage/v1/b/{bucket}/o';
const OBJECT_READS = [
  'generation',
  'ifGenerationMatch',
  'ifMetagenerationMatch',
  'alt',
  'projection',
  'fields',
];
const EXECUTIONS = '/v1/{+parent}/executions';

/** The methods that this cloud offers, by their names after `googleapis.`. */
const METHODS: Readonly<Record<string, Method>> = {
  'bigquery.v2.jobs.cancel': {verb: 'POST', path: `${BIGQUERY_JOBS}/{jobId}/cancel`, query: ['location']},
  'bigquery.v2.jobs.get': {verb: 'GET', path: `${BIGQUERY_JOBS}/{jobId}`, query: ['location']},
  'bigquery.v2.jobs.getQueryResults': {
    verb: 'GET',
    path: `${BIGQUERY_QUERIES}/{jobId}`,
    query: ['location', 'maxResults', 'pageToken', 'startIndex', 'timeoutMs'],
  },
  'bigquery.v2.jobs.insert': {verb: 'POST', path: BIGQUERY_JOBS, hasBody: true, follows: 'bigquery-job'},
  'bigquery.v2.jobs.query': {verb: 'POST', path: BIGQUERY_QUERIES, hasBody: true},
  'storage.v1.objects.compose': {
    verb: 'POST',
    path: '/storage/v1/b/{destinationBucket}/o/{destinationObject}/compose',
    query: ['ifGenerationMatch', 'ifMetagenerationMatch'],
    hasBody: true,
  },
  'storage.v1.objects.delete': {
    verb: 'DELETE',
    path: `${OBJECTS}/{object}`,
    query: ['generation', 'ifGenerationMatch', 'ifMetagenerationMatch'],
  },
  'storage.v1.objects.get': {verb: 'GET', path: `${OBJECTS}/{object}`, query: OBJECT_READS},
  'storage.v1.objects.insert': {
    verb: 'POST',
    path: '/upload/storage/v1/b/{bucket}/o',
    query: ['name', 'uploadType', 'ifGenerationMatch', 'ifMetagenerationMatch'],
    hasBody: true,
  },
  'storage.v1.objects.list': {
    verb: 'GET',
    path: OBJECTS,
    query: ['prefix', 'delimiter', 'maxResults', 'pageToken', 'versions', 'fields'],
  },
  'pubsub.v1.projects.topics.publish': {verb: 'POST', path: '/v1/{+topic}:publish', hasBody: true},
  ...cancellable('aiplatform.v1.projects.locations.customJobs'),
  ...cancellable('aiplatform.v1.projects.locations.hyperparameterTuningJobs'),
  ...cancellable('aiplatform.v1.projects.locations.pipelineJobs'),
  ...cancellable('cloudbuild.v1.projects.locations.builds'),
  'cloudbuild.v1.projects.builds.cancel': {verb: 'POST', path: '/v1/projects/{projectId}/builds/{id}:cancel'},
  'cloudbuild.v1.projects.builds.get': {verb: 'GET', path: '/v1/projects/{projectId}/builds/{id}'},
  ...cancellable('workflowexecutions.v1.projects.locations.workflows.executions'),
  'workflowexecutions.v1.projects.locations.workflows.executions.create': {
    verb: 'POST',
    path: EXECUTIONS,
    hasBody: true,
  },
  'workflowexecutions.v1.projects.locations.workflows.executions.list': {
    verb: 'GET',
    path: EXECUTIONS,
    query: ['filter', 'orderBy', 'pageSize', 'pageToken', 'view'],
  },
};

function cancellable(resource: string): Record<string, Method> {
  return {
    [`${resource}.cancel`]: {verb: 'POST', path: '/v1/{+name}:cancel', hasBody: true},
    [`${resource}.get`]: {verb: 'GET', path: '/v1/{+name}'},
  };
}

/** Arguments that say how a connector works, not what it sends. */
export const CONNECTOR_ARGS = ['connector_params', 'region'];

/** The path parameters of a method, in order. */
export function pathParams({path}: Method): string[] {
  return [...path.matchAll(/\{\+?(\w+)\}/g)].map(([, name = '']) => name);
}

const PREFIX = 'googleapis.';

export function isConnector(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** The method a connector stands for; undefined when this cloud does not offer it. */
export function connectorMethod(name: string): Method | undefined {
  return METHODS[name.slice(PREFIX.length)];
}
