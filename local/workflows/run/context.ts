import type {Scopes} from '../language/check-scopes.ts';
import type {Block, Program, Step} from '../language/program.ts';
import {failure} from './raised.ts';
import {type Memory, Scope} from './scope.ts';

/** Is told of each step; a resumed execution tells everything again, under the same numbers. */
export interface StepHistory {
  began(number: number, step: Step, routine: string): void;
  /** `exception` is the JSON text of what was raised. */
  ended(number: number, exception?: string): void;
}

const MAX_STEPS = 100_000;

/** Counts the steps of an execution. */
export class StepCount {
  #steps = 0;

  /** The number of the next step, from 1. @throws Raised ResourceLimitError after the last one allowed. */
  next(): number {
    if (this.#steps === MAX_STEPS) throw failure('ResourceLimitError', `more than ${MAX_STEPS} steps`);
    this.#steps += 1;
    return this.#steps;
  }
}

/** What is the same for all steps of an execution. */
export interface Machine {
  readonly program: Program;
  readonly scopes: Scopes;
  readonly memory: Memory;
  readonly steps: StepCount;
  readonly history: StepHistory;
}

/** Where a step runs. */
export interface Context {
  readonly machine: Machine;
  readonly routine: string;
  readonly scope: Scope;
  /** Calls of subworkflows around this one. */
  readonly depth: number;
  /** Parallel steps around this one. */
  readonly parallelDepth: number;
}

/** The same place, inside a block with variables of its own. */
export function inside(block: Block, context: Context): Context {
  return {...context, scope: new Scope(context.machine.scopes.get(block) ?? new Set(), context.scope)};
}
