import {ApiError} from '../api-error.ts';
import type {Fields, Value} from './value.ts';

/** One step of a path, plain or between backticks, with what ends it. */
const STEP = /(?:([a-zA-Z_][a-zA-Z_0-9]*)|`((?:[^`\\]|\\.)+)`)(\.|$)/sy;

/** The names from a document's top level down to a field. */
export type FieldPath = readonly string[];

/** Reads `a.b` and `` a.`strange-name` ``. */
export function parseFieldPath(text: string | null | undefined): FieldPath {
  const names: string[] = [];
  STEP.lastIndex = 0;
  while (true) {
    const step = STEP.exec(text ?? '');
    if (step === null) throw new ApiError('INVALID_ARGUMENT', `Invalid property path "${text ?? ''}".`);
    names.push(step[1] ?? (step[2] ?? '').replace(/\\(.)/gs, '$1'));
    if (step[3] === '') return names;
  }
}

/** @returns undefined where the path leads nowhere */
export function valueAt(fields: Fields, [name = '', ...rest]: FieldPath): Value | undefined {
  const value = ownField(fields, name);
  if (rest.length === 0 || value === undefined) return value;
  return 'mapValue' in value ? valueAt(value.mapValue.fields, rest) : undefined;
}

/** The fields with the value put at the path, making the maps on the way; what was there and is no map gives way. */
export function withValue(fields: Fields, [name = '', ...rest]: FieldPath, value: Value): Fields {
  if (rest.length === 0) return {...fields, [name]: value};
  const inner = withValue(mapAt(fields, name) ?? {}, rest, value);
  return {...fields, [name]: {mapValue: {fields: inner}}};
}

/** The fields without what is at the path; the same fields when there is nothing. */
export function withoutValue(fields: Fields, [name = '', ...rest]: FieldPath): Fields {
  const {[name]: _removed, ...others} = fields;
  if (rest.length === 0) return others;
  const map = mapAt(fields, name);
  return map === undefined ? fields : {...fields, [name]: {mapValue: {fields: withoutValue(map, rest)}}};
}

/** Only the fields that the mask names; all of them when there is no mask. */
export function masked(fields: Fields, mask: readonly FieldPath[] | undefined): Fields {
  if (mask === undefined) return fields;
  return mask.reduce<Fields>((kept, path) => {
    const value = valueAt(fields, path);
    return value === undefined ? kept : withValue(kept, path, value);
  }, {});
}

function mapAt(fields: Fields, name: string): Fields | undefined {
  const value = ownField(fields, name);
  return value !== undefined && 'mapValue' in value ? value.mapValue.fields : undefined;
}

function ownField(fields: Fields, name: string): Value | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
