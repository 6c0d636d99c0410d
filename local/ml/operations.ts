import type {FastifyInstance} from 'fastify';
import {ApiError} from '../api-error.ts';
import {newId, type Project} from '../names.ts';
import type {State} from '../state.ts';
import {PROJECT_ROUTE, type ProjectPath, projectName} from './names.ts';
import type {Operation} from './types.ts';

const PACKAGE = 'type.googleapis.com/google.cloud.ml.v1';
const EMPTY = {'@type': 'type.googleapis.com/google.protobuf.Empty'};

type Verb = 'CREATE_VERSION' | 'UPDATE_VERSION' | 'DELETE_VERSION' | 'UPDATE_MODEL' | 'DELETE_MODEL';

export interface Operations {
  /** Starts an operation on a model or a version, by its full name. */
  begin(verb: Verb, resource: string): Operation;
  /** @param response a Model or a Version; nothing for a deletion */
  succeed(name: string, response?: {readonly type: 'Model' | 'Version'; readonly value: object}): Operation;
  fail(name: string, error: ApiError): void;
  /** @throws ApiError NOT_FOUND */
  get(name: string): Operation;
}

/** Long-running operations, kept for ever. */
export function openOperations(state: State, project: Project): Operations {
  const stored = state.collection<Operation>('ml.operations');

  function get(name: string): Operation {
    const found = stored.get(name);
    if (found === undefined)
      throw new ApiError('NOT_FOUND', `Field: name Error: Operation ${name} not found.`);
    return found;
  }

  function finish(name: string, outcome: Operation): Operation {
    const operation = get(name);
    const metadata = {...operation.metadata, endTime: new Date().toISOString()};
    const finished = {...operation, metadata, done: true, ...outcome};
    stored.set(name, finished);
    return finished;
  }

  return {
    get,
    begin(verb, resource) {
      const [, , , model = '', , version] = resource.split('/');
      const subject = version === undefined ? model : `${model}_${version}`;
      const name = `projects/${project.id}/operations/${verb.split('_')[0]?.toLowerCase()}_${subject}-${newId()}`;
      const now = new Date().toISOString();
      const metadata = {
        '@type': `${PACKAGE}.OperationMetadata`,
        operationType: verb,
        modelName: `projects/${project.id}/models/${model}`,
        createTime: now,
        startTime: now,
      };
      const operation = {name, metadata};
      stored.set(name, operation);
      return operation;
    },
    succeed: (name, response) =>
      finish(name, {
        response: response ? {'@type': `${PACKAGE}.${response.type}`, ...response.value} : EMPTY,
      }),
    fail: (name, {code, message}) => {
      finish(name, {error: {code, message}});
    },
  };
}

interface OperationPath extends ProjectPath {
  readonly operation: string;
}

export function operationRoutes(
  app: FastifyInstance,
  {operations, project}: {readonly operations: Operations; readonly project: Project},
) {
  app.get<{Params: OperationPath}>(`${PROJECT_ROUTE}/operations/:operation`, async ({params}) =>
    operations.get(`${projectName(project, params)}/operations/${params.operation}`),
  );
}
