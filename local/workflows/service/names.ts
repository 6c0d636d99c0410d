import {ApiError} from '../../api-error.ts';

/** The one project of this cloud; callers may use either form. */
export interface Project {
  readonly id: string;
  readonly number: string;
}

export interface LocationPath {
  readonly project: string;
  readonly location: string;
}

export const LOCATION_ROUTE = '/v1/projects/:project/locations/:location';

/** `projects/<id>/locations/L`. @throws ApiError PERMISSION_DENIED for any other project. */
export function locationName(project: Project, {project: asked, location}: LocationPath): string {
  if (asked !== project.id && asked !== project.number) {
    throw new ApiError('PERMISSION_DENIED', `Permission denied on resource project ${asked}.`);
  }
  return `projects/${project.id}/locations/${location}`;
}
