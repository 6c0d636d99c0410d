import {randomUUID} from 'node:crypto';
import type {workflows_v1} from 'googleapis/build/src/apis/workflows/v1.js';
import {ApiError} from '../../api-error.ts';
import type {Collection, State} from '../../state.ts';

export type Operation = workflows_v1.Schema$Operation;

const PACKAGE = 'type.googleapis.com/google.cloud.workflows.v1';

export interface OperationSubject {
  readonly location: string;
  readonly target: string;
  readonly verb: 'create' | 'update' | 'delete';
}

/** Deployments under way; here each is over before its operation is first read. */
export class Operations {
  readonly #operations: Collection<Operation>;

  constructor(state: State) {
    this.#operations = state.collection('workflows.operations');
  }

  /** The operation as it was before `work`; reading it tells how that ended. */
  run({location, target, verb}: OperationSubject, work: () => object): Operation {
    const createTime = new Date().toISOString();
    const name = `${location}/operations/operation-${randomUUID()}`;
    const begun = {'@type': `${PACKAGE}.OperationMetadata`, createTime, target, verb, apiVersion: 'v1'};
    const ended = {name, metadata: {...begun, endTime: new Date().toISOString()}, done: true};
    this.#operations.set(name, {...ended, ...outcomeOf(work, verb)});
    return {name, metadata: begun, done: false};
  }

  /** @throws ApiError NOT_FOUND */
  read(name: string): Operation {
    const found = this.#operations.get(name);
    if (found === undefined) throw new ApiError('NOT_FOUND', `Operation "${name}" was not found.`);
    return found;
  }
}

function outcomeOf(
  work: () => object,
  verb: OperationSubject['verb'],
): Pick<Operation, 'response' | 'error'> {
  const type = verb === 'delete' ? 'type.googleapis.com/google.protobuf.Empty' : `${PACKAGE}.Workflow`;
  try {
    return {response: {'@type': type, ...work()}};
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return {error: {code: error.code, message: error.message}};
  }
}
