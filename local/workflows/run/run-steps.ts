import type {Body, CallBody, Step, SwitchCase} from '../language/program.ts';
import {callByName} from './call.ts';
import type {Context} from './context.ts';
import type {Work} from './effect.ts';
import {evaluateAll, fill} from './evaluate.ts';
import {toJson} from './json.ts';
import {asCondition} from './operators.ts';
import {withPart} from './parts.ts';
import {failure, Raised} from './raised.ts';
import {runLoop} from './run-loop.ts';
import {runParallel} from './run-parallel.ts';
import {runTry} from './run-try.ts';
import {isMap, typeOf, type Value} from './value.ts';

/** How a step ends other than by going on to the one below. */
export type Outcome =
  | {readonly kind: 'return'; readonly value: Value}
  | {readonly kind: 'jump'; readonly target: string}
  | undefined;

/** Runs steps from the first on; the outcome is what the steps around them have to act on. */
export function* runSteps(steps: readonly Step[], context: Context): Work<Outcome> {
  let at = 0;
  for (let step = steps[at]; step !== undefined; step = steps[at]) {
    const outcome = yield* runStep(step, context);
    if (outcome?.kind === 'return') return outcome;
    const sibling = outcome && steps.findIndex(({name}) => name === outcome.target);
    if (sibling === -1) return outcome;
    at = sibling ?? at + 1;
  }
  return undefined;
}

function* runStep(step: Step, context: Context): Work<Outcome> {
  const {machine, routine, depth} = context;
  try {
    const number = machine.steps.next();
    machine.history.began(number, step, routine);
    try {
      const outcome = yield* runBody(step, context);
      machine.history.ended(number);
      return outcome ?? (step.next === undefined ? undefined : {kind: 'jump', target: step.next});
    } catch (error) {
      if (error instanceof Raised) machine.history.ended(number, toJson(error.value));
      throw error;
    }
  } catch (error) {
    if (error instanceof Raised) {
      error.passed({step: step.name, routine, line: step.line, column: step.column}, depth);
    }
    throw error;
  }
}

function* runBody({body, name}: Step, context: Context): Work<Outcome> {
  switch (body.kind) {
    case 'assign':
      return yield* assign(body, context);
    case 'call':
      return yield* call(body, context);
    case 'switch':
      return yield* choose(body.cases, context);
    case 'for':
      return yield* runLoop(body.loop, context);
    case 'parallel':
      return yield* runParallel(body, context);
    case 'steps':
      return yield* runSteps(body.steps, context);
    case 'try':
      return yield* runTry(body, context);
    case 'raise':
      throw raised(yield* fill(body.value, context), name);
    case 'return':
      return {kind: 'return', value: yield* fill(body.value, context)};
    case 'goto':
      return undefined;
  }
}

function* assign({assignments}: Extract<Body, {kind: 'assign'}>, context: Context): Work<undefined> {
  for (const {variable, path, value} of assignments) {
    const keys = yield* evaluateAll(path, context);
    const filled = yield* fill(value, context);
    const {scope} = context;
    scope.write(variable, keys.length === 0 ? filled : withPart(scope.read(variable), keys, filled));
  }
}

function* call({callee, args, result}: CallBody, context: Context): Work<undefined> {
  const filled = new Map<string, Value>();
  for (const [name, template] of args) filled.set(name, yield* fill(template, context));
  const answer = yield* callByName(callee, filled, context);
  if (result !== undefined) context.scope.write(result, answer);
}

function* choose(cases: readonly SwitchCase[], context: Context): Work<Outcome> {
  for (const {condition, step} of cases) {
    if (!asCondition('condition', yield* fill(condition, context))) continue;
    const outcome = yield* runBody(step, context);
    return outcome ?? (step.next === undefined ? undefined : {kind: 'jump', target: step.next});
  }
  return undefined;
}

function raised(value: Value, step: string): Raised {
  if (typeof value === 'string' || isMap(value)) return new Raised(value);
  return failure('TypeError', `step ${step} raises '${typeOf(value)}' (expecting string or map)`);
}
