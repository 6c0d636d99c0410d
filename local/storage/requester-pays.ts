import type {preHandlerHookHandler} from 'fastify';
import {ApiError} from '../api-error.ts';
import type {Buckets} from './buckets.ts';

/**
 * Refuses requests for objects of a bucket that makes its readers pay and that name nobody who would.
 * @see https://cloud.google.com/storage/docs/requester-pays
 */
export function demandPayer(buckets: Buckets): preHandlerHookHandler {
  return async ({routeOptions, params, query}) => {
    if (!routeOptions.url?.includes('/b/:bucket/o')) return;
    const {billing} = buckets.find(Object(params).bucket);
    if (Object(billing).requesterPays !== true || Object(query).userProject !== undefined) return;
    const message = 'Bucket is a requester pays bucket but no user project provided.';
    throw new ApiError('INVALID_ARGUMENT', message, {reason: 'required'});
  };
}
