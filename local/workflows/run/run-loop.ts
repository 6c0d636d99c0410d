import type {Loop} from '../language/program.ts';
import {type Context, inside} from './context.ts';
import type {Work} from './effect.ts';
import {fill} from './evaluate.ts';
import {failure} from './raised.ts';
import {type Outcome, runSteps} from './run-steps.ts';
import {isList, isNumeric, typeOf, type Value} from './value.ts';

/** Runs the steps of a loop once for each item, one after the other. */
export function* runLoop(loop: Loop, context: Context): Work<Outcome> {
  let index = 0n;
  for (const item of yield* itemsOf(loop, context)) {
    const outcome = yield* runIteration(loop, {item, index}, context);
    if (outcome?.kind === 'return') return outcome;
    if (outcome?.target === 'break') return undefined;
    if (outcome?.target === 'end') return outcome;
    index += 1n;
  }
  return undefined;
}

export function* runIteration(
  {block, value, index}: Loop,
  turn: {readonly item: Value; readonly index: bigint},
  context: Context,
): Work<Outcome> {
  const {scope, ...rest} = inside(block, context);
  try {
    scope.write(value, turn.item);
    if (index !== undefined) scope.write(index, turn.index);
    return yield* runSteps(block.steps, {...rest, scope});
  } finally {
    scope.close();
  }
}

/** What a loop goes through. @throws Raised TypeError when it is no list, or no range. */
export function* itemsOf({over}: Loop, context: Context): Work<Iterable<Value>> {
  const value = yield* fill(over.template, context);
  if (!isList(value)) throw failure('TypeError', `for needs a list, not '${typeOf(value)}'`);
  return over.kind === 'in' ? value : range(value);
}

function range(bounds: readonly Value[]): Iterable<Value> {
  const [from = null, to = null, ...others] = bounds;
  if (!isNumeric(from) || !isNumeric(to) || others.length > 0) {
    throw failure('TypeError', 'range needs two numbers');
  }
  return (function* () {
    for (let at = from; at <= to; at = typeof at === 'bigint' ? at + 1n : at + 1) yield at;
  })();
}
