import type {Routine} from '../language/program.ts';
import type {Context, Machine} from './context.ts';
import type {Work} from './effect.ts';
import {failure} from './raised.ts';
import {runSteps} from './run-steps.ts';
import {Scope} from './scope.ts';
import type {Value} from './value.ts';

const MAX_CALL_DEPTH = 20;

/** Runs the main workflow; its one parameter, if any, is bound to `argument`. */
export function* runMain(machine: Machine, argument: Value): Work<Value> {
  const main = machine.program.get('main');
  if (main === undefined) throw failure('SystemError', 'no main workflow');
  const args = new Map(main.params.map(({name}) => [name, argument]));
  return yield* runRoutine(main, args, {machine, depth: -1, parallelDepth: 0});
}

/** Runs a workflow with its parameters bound; without `return` it answers null. */
export function* runRoutine(
  {name, block}: Routine,
  args: ReadonlyMap<string, Value>,
  {machine, depth, parallelDepth}: Pick<Context, 'machine' | 'depth' | 'parallelDepth'>,
): Work<Value> {
  if (depth >= MAX_CALL_DEPTH) throw failure('RecursionError', `call depth exceeds ${MAX_CALL_DEPTH}`);
  const scope = new Scope(machine.scopes.get(block) ?? new Set(), machine.memory);
  try {
    for (const [param, value] of args) scope.write(param, value);
    const context = {machine, routine: name, scope, depth: depth + 1, parallelDepth};
    const outcome = yield* runSteps(block.steps, context);
    return outcome?.kind === 'return' ? outcome.value : null;
  } finally {
    scope.close();
  }
}
