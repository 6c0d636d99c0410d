import {toJson} from './json.ts';
import type {Place} from './raised.ts';
import {isMap, mapOf, type Value} from './value.ts';

/** The sentence that an execution shows for an error nobody caught, with where it came from. */
export function contextOf(error: Value, trace: readonly Place[]): string {
  const [origin] = trace;
  if (origin === undefined) return sentenceOf(error);
  return `${sentenceOf(error)}\nin step "${origin.step}", routine "${origin.routine}", line: ${origin.line}`;
}

function sentenceOf(error: Value): string {
  const message = isMap(error) ? error.get('message') : undefined;
  return typeof message === 'string' ? message : `RuntimeError: ${toJson(error)}`;
}

/** The steps that led to an error, outermost last. */
export function stackOf(trace: readonly Place[]): Value {
  return mapOf({
    elements: trace.map(({step, routine, line, column}) =>
      mapOf({step, routine, position: mapOf({line: String(line), column: String(column)})}),
    ),
  });
}
