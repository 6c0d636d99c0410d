import {EventEmitter, once} from 'node:events';
import type {FastifyInstance} from 'fastify';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {newId, type Project, segment} from '../names.ts';
import {duration, millisecondsOf, parseRequest} from '../request.ts';
import type {State} from '../state.ts';
import {LOCATION_ROUTE, type LocationPath, locationName} from './names.ts';
import type {Operation} from './types.ts';

/** The message types an operation carries, without their package. */
interface OperationTypes {
  readonly metadata: `${string}Metadata`;
  /** `Empty`, or a message of aiplatform v1. */
  readonly response: string;
}

export interface Operations {
  /** Starts an operation under `parent`, a resource or location name; the answer is not done. */
  begin(parent: string, types: OperationTypes): Operation;
  /** An operation whose effect is already stored: done for everyone who asks, pending in the answer given here, as with the service. */
  completed(parent: string, types: OperationTypes, response: object): Operation;
  succeed(name: string, response: object): void;
  fail(name: string, error: ApiError): void;
  get(name: string): Operation;
  /** Resolves when the operation is done or `timeoutMs` have passed, with the operation as it is then. */
  wait(name: string, timeoutMs: number): Promise<Operation>;
}

interface StoredOperation {
  readonly operation: Operation;
  readonly responseType: string;
}

const PACKAGE = 'type.googleapis.com/google.cloud.aiplatform.v1';
const EMPTY = 'type.googleapis.com/google.protobuf.Empty';

/** Long-running operations, kept for ever. */
export function openOperations(state: State): Operations {
  const stored = state.collection<StoredOperation>('vertex.operations');
  const done = new EventEmitter().setMaxListeners(0);

  function find(name: string): StoredOperation {
    const found = stored.get(name);
    if (found === undefined) throw new ApiError('NOT_FOUND', `Operation "${name}" is not found.`);
    return found;
  }

  function begin(parent: string, types: OperationTypes): Operation {
    const now = new Date().toISOString();
    const name = `${parent}/operations/${newId()}`;
    const operation: Operation = {
      name,
      metadata: {
        '@type': `${PACKAGE}.${types.metadata}`,
        genericMetadata: {createTime: now, updateTime: now},
      },
    };
    const responseType = types.response === 'Empty' ? EMPTY : `${PACKAGE}.${types.response}`;
    stored.set(name, {operation, responseType});
    return operation;
  }

  function finish(name: string, outcome: Operation): void {
    const {operation, responseType} = find(name);
    const {createTime} = operation.metadata?.genericMetadata ?? {};
    const genericMetadata = {createTime, updateTime: new Date().toISOString()};
    const metadata = {...operation.metadata, genericMetadata};
    stored.set(name, {operation: {...operation, metadata, done: true, ...outcome}, responseType});
    done.emit(name);
  }

  const get = (name: string) => find(name).operation;
  const succeed = (name: string, response: object) =>
    finish(name, {response: {'@type': find(name).responseType, ...response}});

  return {
    begin,
    get,
    succeed,
    completed(parent, types, response) {
      const operation = begin(parent, types);
      succeed(operation.name ?? '', response);
      return operation;
    },
    fail: (name, {code, message}) => finish(name, {error: {code, message}}),
    async wait(name, timeoutMs) {
      if (get(name).done) return get(name);
      await once(done, name, {signal: AbortSignal.timeout(timeoutMs)}).catch(() => undefined);
      return get(name);
    },
  };
}

interface OperationPath extends LocationPath {
  readonly collection?: string;
  readonly resource?: string;
  readonly operation: string;
}

interface WaitOptions {
  readonly timeout?: string;
}

const waitRequest = z.object({timeout: duration.default('30s')});

/** `GET …/operations/ID` and `POST …/operations/ID:wait`, under a location or under any resource of it. */
export function operationRoutes(
  app: FastifyInstance,
  {operations, project}: {operations: Operations; project: Project},
) {
  const nameOf = (path: OperationPath) => {
    const owner = path.resource === undefined ? '' : `/${path.collection}/${path.resource}`;
    return `${locationName(project, path)}${owner}/operations/${path.operation}`;
  };
  for (const owner of ['', `/:collection/${segment('resource')}`]) {
    // Other services have operations under a location too; theirs are no numbers.
    const route = `${LOCATION_ROUTE}${owner}/operations/:operation(\\d+)`;
    app.get<{Params: OperationPath}>(route, async ({params}) => operations.get(nameOf(params)));
    app.post<{Params: OperationPath; Querystring: WaitOptions; Body?: WaitOptions}>(
      `${route}::wait`,
      async ({params, query, body}) => {
        const {timeout} = parseRequest(waitRequest, {timeout: query.timeout ?? body?.timeout});
        return operations.wait(nameOf(params), millisecondsOf(timeout));
      },
    );
  }
}
