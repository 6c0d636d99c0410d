import {randomBytes} from 'node:crypto';
import {z} from 'zod';
import {ApiError} from '../../api-error.ts';
import {ignoring, labels, notOffered, parseRequest} from '../../request.ts';
import type {Collection, State} from '../../state.ts';
import {type Build, build} from '../language/build.ts';
import {BuildError} from '../language/source.ts';
import type {Operation, Operations} from './operations.ts';

const CALL_LOG_LEVELS = ['LOG_ALL_CALLS', 'LOG_ERRORS_ONLY', 'LOG_NONE'] as const;

const newWorkflow = ignoring(
  ['name', 'state', 'revisionId', 'createTime', 'updateTime', 'revisionCreateTime', 'stateError'],
  z.strictObject({
    sourceContents: z.string().default(''),
    description: z.string().max(1000).default(''),
    labels: labels.default({}),
    serviceAccount: z.string().exactOptional(),
    callLogLevel: z.enum(CALL_LOG_LEVELS).exactOptional(),
    userEnvVars: z
      .record(z.string().regex(/^(?!GOOGLE|WORKFLOWS).+/), z.string().max(4096))
      .refine((variables) => Object.keys(variables).length <= 20, 'at most 20 variables')
      .default({}),
    cryptoKeyName: notOffered(),
    executionHistoryLevel: notOffered(),
    tags: notOffered(),
  }),
);

type WorkflowRequest = z.infer<typeof newWorkflow>;

/** A workflow as the API shows it. */
export interface Workflow extends WorkflowRequest {
  readonly name: string;
  readonly state: 'ACTIVE';
  /** `000001-a4d`: the number of the revision, and three digits of chance. */
  readonly revisionId: string;
  readonly createTime: string;
  readonly updateTime: string;
  readonly revisionCreateTime: string;
}

type UpdateField = keyof WorkflowRequest;

/** Changing one of these makes a new revision. */
const REVISION_FIELDS: readonly UpdateField[] = [
  'sourceContents',
  'serviceAccount',
  'userEnvVars',
  'callLogLevel',
];
const UPDATE_FIELDS: readonly UpdateField[] = [...REVISION_FIELDS, 'description', 'labels'];

/** Deployed workflows; executions keep the revision they began with. */
export class Workflows {
  readonly #workflows: Collection<Workflow>;
  /** Every revision, by name and revision id. */
  readonly #revisions: Collection<Workflow>;
  readonly #operations: Operations;

  constructor(state: State, operations: Operations) {
    this.#workflows = state.collection('workflows.workflows');
    this.#revisions = state.collection('workflows.revisions');
    this.#operations = operations;
  }

  /** @throws ApiError INVALID_ARGUMENT, ALREADY_EXISTS; a source that cannot be built fails the operation. */
  create(location: string, id: string, body: unknown): Operation {
    if (!/^[a-zA-Z]([\w-]{0,62}[\w])?$/.test(id)) {
      throw new ApiError(
        'INVALID_ARGUMENT',
        `workflow ID '${id}' does not start with a letter, or has other signs`,
      );
    }
    const request = parseRequest(newWorkflow, body);
    const name = `${location}/workflows/${id}`;
    if (this.#workflows.has(name)) throw new ApiError('ALREADY_EXISTS', `Workflow "${name}" already exists.`);
    return this.#operations.run({location, target: name, verb: 'create'}, () => {
      refuseBrokenSource(request.sourceContents);
      const now = new Date().toISOString();
      const times = {createTime: now, updateTime: now, revisionCreateTime: now};
      return this.#put({...request, name, state: 'ACTIVE', revisionId: revisionId(1), ...times});
    });
  }

  /** @throws ApiError NOT_FOUND */
  read(name: string): Workflow {
    const found = this.#workflows.get(name);
    if (found === undefined) throw new ApiError('NOT_FOUND', `Workflow "${name}" was not found.`);
    return found;
  }

  /** What an execution of a revision runs. */
  buildOf(name: string, revision: string): {readonly workflow: Workflow; readonly build: Build} {
    const workflow = this.#revisions.get(`${name}@${revision}`);
    if (workflow === undefined)
      throw new ApiError('NOT_FOUND', `Revision "${revision}" of "${name}" was not found.`);
    return {workflow, build: build(workflow.sourceContents)};
  }

  list(location: string): Workflow[] {
    return [...this.#workflows.values()].filter(({name}) => name.startsWith(`${location}/workflows/`));
  }

  /**
   * Changes the fields of the mask; without a mask those that the request has.
   * @throws ApiError NOT_FOUND, INVALID_ARGUMENT
   */
  update(location: string, id: string, {body, mask}: {body: unknown; mask: string | undefined}): Operation {
    const before = this.read(`${location}/workflows/${id}`);
    const fields = maskedFields(mask, body);
    const request = parseRequest(newWorkflow, body);
    return this.#operations.run({location, target: before.name, verb: 'update'}, () => {
      const changed = Object.fromEntries(fields.map((field) => [field, request[field]]));
      const after: Workflow = {...before, ...changed, updateTime: new Date().toISOString()};
      refuseBrokenSource(after.sourceContents);
      if (!fields.some((field) => REVISION_FIELDS.includes(field))) return this.#put(after);
      const next = Number.parseInt(before.revisionId, 10) + 1;
      return this.#put({...after, revisionId: revisionId(next), revisionCreateTime: after.updateTime});
    });
  }

  /** @throws ApiError NOT_FOUND */
  delete(location: string, id: string): Operation {
    const {name} = this.read(`${location}/workflows/${id}`);
    return this.#operations.run({location, target: name, verb: 'delete'}, () => {
      this.#workflows.delete(name);
      return {};
    });
  }

  #put(workflow: Workflow): Workflow {
    this.#revisions.set(`${workflow.name}@${workflow.revisionId}`, workflow);
    this.#workflows.set(workflow.name, workflow);
    return workflow;
  }
}

function refuseBrokenSource(source: string): void {
  try {
    build(source);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    throw new ApiError('INVALID_ARGUMENT', `failed to build: ${error.message}`);
  }
}

function revisionId(ordinal: number): string {
  return `${String(ordinal).padStart(6, '0')}-${randomBytes(2).toString('hex').slice(1)}`;
}

function maskedFields(mask: string | undefined, body: unknown): UpdateField[] {
  const wanted = mask === undefined || mask === '' ? Object.keys(body ?? {}) : mask.split(',').map(camelCase);
  const fields = UPDATE_FIELDS.filter((field) => wanted.includes(field));
  const unknown =
    mask === undefined ? undefined : wanted.find((name) => !fields.some((field) => field === name));
  if (unknown === undefined) return fields;
  throw new ApiError('INVALID_ARGUMENT', `Invalid field in update_mask: ${unknown}`);
}

function camelCase(path: string): string {
  return path.trim().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
