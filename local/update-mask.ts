import {z} from 'zod';
import {ApiError} from './api-error.ts';
import {parseRequest} from './request.ts';

const patchQuery = z.object({updateMask: z.string().min(1, 'an update mask is required')});

/**
 * The part of `patch` an `updateMask` query names; a named field that `patch` leaves out comes back undefined, which clears it.
 * Paths may be written in camelCase or snake_case.
 * @throws ApiError INVALID_ARGUMENT without a mask, or when it names a field that can not be changed.
 */
export function masked<T extends object, K extends keyof T & string>(
  patch: T,
  query: unknown,
  mutable: readonly K[],
): Partial<Pick<T, K>> {
  const {updateMask} = parseRequest(patchQuery, query);
  const paths = updateMask.split(',').map((path) => camelCase(path.trim()));
  const unknown = paths.find((path) => !mutable.some((field) => field === path));
  if (unknown !== undefined) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      `Invalid update mask: "${unknown}" is not a field that can be updated.`,
    );
  }
  const chosen: Partial<Pick<T, K>> = {};
  for (const field of mutable) {
    if (paths.includes(field)) chosen[field] = patch[field];
  }
  return chosen;
}

function camelCase(path: string): string {
  return path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
