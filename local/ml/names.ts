import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import type {Project} from '../names.ts';

/** Path parameters every method has. */
export interface ProjectPath {
  readonly project: string;
}

export const PROJECT_ROUTE = '/projects/:project';

/** Of jobs, models and versions: letters, digits and underscores, beginning with a letter. */
export const resourceId = z
  .string()
  .regex(
    /^[A-Za-z]\w{0,127}$/,
    'A name should start with a letter and contain only letters, numbers and underscores.',
  );

/** `projects/<id>` @throws ApiError PERMISSION_DENIED for any other project */
export function projectName(project: Project, {project: asked}: ProjectPath): string {
  if (asked !== project.id && asked !== project.number) {
    throw new ApiError('PERMISSION_DENIED', `Access to project ${asked} denied.`);
  }
  return `projects/${project.id}`;
}
