import {ApiError} from '../api-error.ts';

/** 404; clients read a missing thing from this reason. */
export function notFound(message: string): ApiError {
  return new ApiError('NOT_FOUND', message, {reason: 'notFound'});
}

/** 400 for a value the service cannot accept. */
export function invalid(message: string): ApiError {
  return new ApiError('INVALID_ARGUMENT', message, {reason: 'invalid'});
}

/** 400 for a value that is missing. */
export function required(what: string): ApiError {
  return new ApiError('INVALID_ARGUMENT', `Required parameter: ${what}`, {reason: 'required'});
}

/** 409. */
export function conflict(message: string): ApiError {
  return new ApiError('ALREADY_EXISTS', message, {reason: 'conflict'});
}
