import type {Value} from '../run/value.ts';
import type {Expression} from './expression.ts';

/** A workflow as it was deployed: `main` and its subworkflows by name. */
export type Program = ReadonlyMap<string, Routine>;

export interface Routine {
  readonly name: string;
  readonly params: readonly Param[];
  readonly block: Block;
}

export interface Param {
  readonly name: string;
  /** Taken when the argument is absent; without it the argument is required. */
  readonly fallback?: Value;
}

/** Steps with variables of their own. */
export interface Block {
  readonly steps: readonly Step[];
}

export interface Step {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly body: Body;
  /** A sibling step, `end`, `break` or `continue`. */
  readonly next?: string;
}

/** A value in YAML, with expressions in it. */
export type Template =
  | {readonly kind: 'literal'; readonly value: Value}
  | {readonly kind: 'expression'; readonly expression: Expression}
  | {readonly kind: 'list'; readonly items: readonly Template[]}
  | {readonly kind: 'map'; readonly entries: readonly (readonly [Template, Template])[]};

export interface Assignment {
  /** The variable, and the keys from there to what is written. */
  readonly variable: string;
  readonly path: readonly Expression[];
  readonly value: Template;
}

export interface Loop {
  readonly over: {readonly kind: 'in' | 'range'; readonly template: Template};
  readonly value: string;
  readonly index?: string;
  readonly block: Block;
}

export interface Retry {
  /** A built-in predicate or a subworkflow. */
  readonly predicate: string;
  readonly maxRetries: Template;
  readonly backoff: Template;
}

export type Body =
  | {readonly kind: 'assign'; readonly assignments: readonly Assignment[]}
  | CallBody
  | {readonly kind: 'switch'; readonly cases: readonly SwitchCase[]}
  | {readonly kind: 'for'; readonly loop: Loop}
  | ParallelBody
  | {readonly kind: 'steps'; readonly steps: readonly Step[]}
  | TryBody
  | {readonly kind: 'raise'; readonly value: Template}
  | {readonly kind: 'return'; readonly value: Template}
  | {readonly kind: 'goto'};

export interface CallBody {
  readonly kind: 'call';
  readonly callee: string;
  readonly args: ReadonlyMap<string, Template>;
  readonly result?: string;
}

export interface SwitchCase {
  readonly condition: Template;
  /** What to do, and where to go on. */
  readonly step: Step;
}

export interface ParallelBody {
  readonly kind: 'parallel';
  readonly shared: readonly string[];
  readonly limit?: Template;
  readonly work: {readonly branches: readonly Branch[]} | {readonly loop: Loop};
}

interface Branch {
  readonly name: string;
  readonly block: Block;
}

export interface TryBody {
  readonly kind: 'try';
  readonly steps: readonly Step[];
  readonly retry?: Retry;
  readonly except?: {readonly as: string; readonly block: Block};
}
