import {mapOf, type Value} from './value.ts';

/** The documented tags of errors: https://cloud.google.com/workflows/docs/reference/syntax/error-types */
export type ErrorTag =
  | 'AuthError'
  | 'ConnectionError'
  | 'ConnectionFailedError'
  | 'HttpError'
  | 'IndexError'
  | 'KeyError'
  | 'OperationError'
  | 'ParallelNestingError'
  | 'RecursionError'
  | 'ResourceLimitError'
  | 'ResponseTypeError'
  | 'SystemError'
  | 'TimeoutError'
  | 'TypeError'
  | 'UnhandledBranchError'
  | 'ValueError'
  | 'ZeroDivisionError';

/** The second tag that some errors carry. */
const FAMILY: Partial<Record<ErrorTag, string>> = {
  IndexError: 'LookupError',
  KeyError: 'LookupError',
  ZeroDivisionError: 'ArithmeticError',
  UnhandledBranchError: 'RuntimeError',
};

/** Where in the source a step stands. */
export interface Place {
  readonly step: string;
  readonly routine: string;
  readonly line: number;
  readonly column: number;
}

/** An error of the language on its way to the next `except`. */
export class Raised extends Error {
  override readonly name = 'Raised';
  readonly value: Value;
  /** The step that failed and the calls that led to it, innermost first. */
  readonly trace: Place[] = [];
  #depth = Number.POSITIVE_INFINITY;

  constructor(value: Value) {
    super('raised by a workflow');
    this.value = value;
  }

  /** Notes the innermost step of each routine it passes; `depth` counts the routines under way. */
  passed(place: Place, depth: number): void {
    if (depth >= this.#depth) return;
    this.#depth = depth;
    this.trace.push(place);
  }
}

/** An error of the language itself: `message` begins with the tag. */
export function failure(tag: ErrorTag, sentence: string): Raised {
  return tagged(tag, `${tag}: ${sentence}`, {});
}

/** An error map whose message stands for itself. */
export function tagged(tag: ErrorTag, message: string, details: Readonly<Record<string, Value>>): Raised {
  const family = FAMILY[tag];
  const tags = family === undefined ? [tag] : [tag, family];
  return new Raised(mapOf({...details, message, tags}));
}
