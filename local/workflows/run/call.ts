import {callConnector} from '../connectors/call-connector.ts';
import {isConnector} from '../connectors/methods.ts';
import type {Routine} from '../language/program.ts';
import {ordered, type StdFunction} from '../stdlib/std-function.ts';
import {STDLIB} from '../stdlib/stdlib.ts';
import type {Context} from './context.ts';
import type {Work} from './effect.ts';
import {failure} from './raised.ts';
import {runRoutine} from './run-routine.ts';
import type {Value} from './value.ts';

/** Runs what a `call` step names: a subworkflow, a connector or a function of the standard library. */
export function* callByName(name: string, args: ReadonlyMap<string, Value>, context: Context): Work<Value> {
  const routine = context.machine.program.get(name);
  if (routine !== undefined) return yield* runRoutine(routine, boundArguments(routine, args), context);
  if (isConnector(name)) return yield* callConnector(name, args);
  const found = standard(name);
  return yield* answerOf(found, ordered(name, found, args));
}

/** Runs what an expression calls, with arguments by position. */
export function* callByPosition(name: string, args: readonly Value[], context: Context): Work<Value> {
  const routine = context.machine.program.get(name);
  const params = routine?.params.map((param) => param.name) ?? standard(name).params;
  return yield* callByName(name, new Map(args.map((value, at) => [params[at] ?? '', value])), context);
}

function standard(name: string): StdFunction {
  const found = STDLIB.get(name);
  if (found === undefined) throw failure('SystemError', `no function "${name}"`);
  return found;
}

function* answerOf({run}: StdFunction, args: Value[]): Work<Value> {
  const answer = run(...args);
  return isWork(answer) ? yield* answer : answer;
}

function isWork(answer: Value | Work<Value>): answer is Work<Value> {
  return typeof answer === 'object' && answer !== null && 'next' in answer;
}

function boundArguments(
  {name, params}: Routine,
  args: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  const bound = params.map((param) => {
    const value = args.has(param.name) ? args.get(param.name) : param.fallback;
    if (value === undefined) throw failure('TypeError', `${name}: missing argument '${param.name}'`);
    return [param.name, value] as const;
  });
  return new Map(bound);
}
