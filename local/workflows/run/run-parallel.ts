import type {ParallelBody} from '../language/program.ts';
import {type Context, inside} from './context.ts';
import type {Work} from './effect.ts';
import {fill} from './evaluate.ts';
import {failure} from './raised.ts';
import {itemsOf, runIteration} from './run-loop.ts';
import {runSteps} from './run-steps.ts';
import {typeOf} from './value.ts';

const MAX_CONCURRENCY = 20;
const MAX_NESTING = 2;

/** Runs branches or iterations side by side and waits for all of them. */
export function* runParallel(body: ParallelBody, outer: Context): Work<undefined> {
  if (outer.parallelDepth >= MAX_NESTING) {
    throw failure('ParallelNestingError', `parallel steps are nested deeper than ${MAX_NESTING}`);
  }
  const context = {...outer, parallelDepth: outer.parallelDepth + 1};
  const limit = yield* limitOf(body, outer);
  const bodies = yield* bodiesOf(body, context);
  if (bodies.length > 0) yield {kind: 'parallel', bodies, limit};
}

function* bodiesOf({work}: ParallelBody, context: Context): Work<(() => Work<unknown>)[]> {
  if ('loop' in work) {
    const items = [...(yield* itemsOf(work.loop, context))];
    return items.map((item, at) => () => runIteration(work.loop, {item, index: BigInt(at)}, context));
  }
  return work.branches.map(
    ({block}) =>
      () =>
        runSteps(block.steps, inside(block, context)),
  );
}

function* limitOf({limit}: ParallelBody, context: Context): Work<number> {
  if (limit === undefined) return MAX_CONCURRENCY;
  const value = yield* fill(limit, context);
  if (typeof value !== 'bigint') {
    throw failure('TypeError', `concurrency_limit must be an integer, not '${typeOf(value)}'`);
  }
  if (value < 1n) throw failure('ValueError', 'concurrency_limit must be positive');
  return Math.min(Number(value), MAX_CONCURRENCY);
}
