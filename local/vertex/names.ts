import {ApiError} from '../api-error.ts';
import type {Project} from '../names.ts';

/** Path parameters every method has. */
export interface LocationPath {
  readonly project: string;
  readonly location: string;
}

export const LOCATION_ROUTE = '/projects/:project/locations/:location';

/**
 * `projects/<number>/locations/L`: whichever form callers use, names come back with the number.
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
