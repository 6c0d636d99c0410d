import {z} from 'zod';
import type {ObjectId} from './object-resource.ts';
import {int64, parse} from './parse.ts';
import {type Preconditions, parsePreconditions} from './preconditions.ts';

/** The parameters of a path that names an object. */
export interface ObjectPath {
  readonly bucket: string;
  /** One percent-encoded segment on the wire; plain here. */
  readonly object: string;
}

/** Which version of an object a request means, and under which conditions. */
export interface Selection {
  /** The live one when absent. */
  readonly generation?: string | undefined;
  readonly conditions: Preconditions;
}

const schema = z.object({generation: int64.optional()});

export function idOf({bucket, object}: ObjectPath): ObjectId {
  return {bucket, name: object};
}

/** @throws ApiError 400 for a number that is none. */
export function parseSelection(query: unknown): Selection {
  return {...parse(schema, query), conditions: parsePreconditions(query)};
}
