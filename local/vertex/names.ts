import {randomInt} from 'node:crypto';
import {ApiError} from '../api-error.ts';

/** The one project of this cloud; callers may use either form, names always come back with the number. */
export interface Project {
  readonly id: string;
  readonly number: string;
}

/** Path parameters every method has. */
export interface LocationPath {
  readonly project: string;
  readonly location: string;
}

/**
 * A path segment that ends where a custom method (`:cancel`) begins.
 * Written into routes as `/${segment('job')}::cancel`; the router reads `::` as a plain colon.
 */
export function segment(name: string): string {
  return `:${name}([^:/]+)`;
}

export const LOCATION_ROUTE = '/projects/:project/locations/:location';

/**
 * `projects/<number>/locations/L`.
 * @throws ApiError PERMISSION_DENIED for any other project, as the service answers for one that is not the caller's.
 */
export function locationName(project: Project, {project: asked, location}: LocationPath): string {
  if (asked !== project.id && asked !== project.number) {
    throw new ApiError('PERMISSION_DENIED', `Permission denied on resource project ${asked}.`);
  }
  return `projects/${project.number}/locations/${location}`;
}

/** A resource name out of a request body, with the project's number in place of its id. */
export function canonicalName(project: Project, name: string): string {
  const [, asked = '', location = '', rest = ''] =
    /^projects\/([^/]+)\/locations\/([^/]+)\/(.+)$/.exec(name) ?? [];
  if (rest === '') throw new ApiError('INVALID_ARGUMENT', `Invalid resource name: "${name}"`);
  return `${locationName(project, {project: asked, location})}/${rest}`;
}

/** The last part of a resource name. */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** A fresh numeric id, as the service makes for jobs, operations and resources without a chosen one. */
export function newId(): string {
  return String(randomInt(10 ** 12, 10 ** 13));
}
