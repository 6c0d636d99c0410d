import type {cloudbuild_v1} from 'googleapis/build/src/apis/cloudbuild/v1.js';
import {ApiError} from '../api-error.ts';
import type {NewBuild} from './build-request.ts';
import {expandSubstitutions} from './substitutions.ts';

type Schema = cloudbuild_v1.Schema$Build;

/** A build as the service keeps and shows it. */
export interface Build extends Schema {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly status: Status;
  readonly createTime: string;
  readonly timeout: string;
  readonly queueTtl: string;
}

type Status =
  | 'QUEUED'
  | 'WORKING'
  | 'SUCCESS'
  | 'FAILURE'
  | 'TIMEOUT'
  | 'CANCELLED'
  | 'EXPIRED'
  | 'INTERNAL_ERROR';

/** Where a build lives; `/v1/projects/P/builds` is the location `global`. */
export interface BuildParent {
  readonly project: string;
  readonly location: string;
}

/** What the service adds to a request. */
export interface BuildOrigin extends BuildParent {
  readonly id: string;
  readonly logUrl: string;
  readonly now: Date;
}

/**
 * The queued build of a request, the substitutions in its steps and images expanded.
 * @throws ApiError INVALID_ARGUMENT when a variable has no value, or a value no variable, unless `ALLOW_LOOSE`.
 */
export function queuedBuild(request: NewBuild, {project, location, id, logUrl, now}: BuildOrigin): Build {
  const {steps, images = []} = request;
  const builtIn = {PROJECT_ID: project, BUILD_ID: id, LOCATION: location};
  const {value, unknown, unused} = expandSubstitutions(
    {steps, images},
    {...builtIn, ...request.substitutions},
  );
  if (request.options?.substitutionOption !== 'ALLOW_LOOSE') {
    const idle = unused.find((name) => !Object.hasOwn(builtIn, name));
    if (unknown[0] !== undefined)
      throw badSubstitution(`key in the template "${unknown[0]}" is not a valid built-in substitution`);
    if (idle !== undefined)
      throw badSubstitution(`key "${idle}" in the substitution data is not matched in the template`);
  }
  return {
    timeout: '3600s',
    queueTtl: '3600s',
    ...request,
    ...value,
    id,
    name: `projects/${project}/locations/${location}/builds/${id}`,
    projectId: project,
    status: 'QUEUED',
    createTime: now.toISOString(),
    logUrl,
  };
}

function badSubstitution(why: string): ApiError {
  return new ApiError('INVALID_ARGUMENT', `invalid value for 'build.substitutions': ${why}`);
}

export function isFinished({status}: Build): boolean {
  return status !== 'QUEUED' && status !== 'WORKING';
}

/** Codes of google.rpc.Code that an operation of an unsuccessful build ends with; FAILURE is UNKNOWN. */
const ERROR_CODES: Readonly<Record<string, number>> = {CANCELLED: 1, TIMEOUT: 4, EXPIRED: 4};
const UNKNOWN = 2;

/** The long-running operation that stands for a build. */
export function operationOf(build: Build): cloudbuild_v1.Schema$Operation {
  const pending = {
    name: operationName(build),
    metadata: {'@type': 'type.googleapis.com/google.devtools.cloudbuild.v1.BuildOperationMetadata', build},
  };
  if (!isFinished(build)) return pending;
  if (build.status === 'SUCCESS') {
    const response = {'@type': 'type.googleapis.com/google.devtools.cloudbuild.v1.Build', ...build};
    return {...pending, done: true, response};
  }
  const error = {code: ERROR_CODES[build.status] ?? UNKNOWN, message: build.statusDetail ?? build.status};
  return {...pending, done: true, error};
}

function operationName({id, name, projectId}: Build): string {
  const parent = name.slice(0, name.indexOf('/builds/'));
  const encoded = Buffer.from(id).toString('base64');
  return parent.endsWith('/global')
    ? `operations/build/${projectId}/${encoded}`
    : `${parent}/operations/${encoded}`;
}

/** The build id in the last part of an operation's name. */
export function buildIdOfOperation(encoded: string): string {
  return Buffer.from(encoded, 'base64').toString();
}
