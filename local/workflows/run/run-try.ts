import type {Retry, TryBody} from '../language/program.ts';
import {callByPosition} from './call.ts';
import {type Context, inside} from './context.ts';
import {now, sleepUntil, type Work} from './effect.ts';
import {fill} from './evaluate.ts';
import {asCondition} from './operators.ts';
import {failure, Raised} from './raised.ts';
import {type Outcome, runSteps} from './run-steps.ts';
import {isMap, isNumeric, type Value} from './value.ts';

/** Runs steps again while their retry policy says so; then hands the error to `except`, if there is one. */
export function* runTry({steps, retry, except}: TryBody, context: Context): Work<Outcome> {
  try {
    const attempt = () => runSteps(steps, context);
    if (retry === undefined) return yield* attempt();
    return yield* withRetries(attempt, (error, retries) => policyAnswer(retry, {error, retries}, context));
  } catch (error) {
    if (except === undefined || !(error instanceof Raised)) throw error;
    const {scope, ...rest} = inside(except.block, context);
    try {
      scope.write(except.as, error.value);
      return yield* runSteps(except.block.steps, {...rest, scope});
    } finally {
      scope.close();
    }
  }
}

/**
 * Runs `attempt` until it succeeds or is not to be repeated.
 * @param wakeAfter when to try again after the first, second… failure; undefined to let the error go on
 */
export function* withRetries<T>(
  attempt: () => Work<T>,
  wakeAfter: (error: Value, retries: number) => Work<number | undefined>,
): Work<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      return yield* attempt();
    } catch (error) {
      if (!(error instanceof Raised)) throw error;
      const untilMs = yield* wakeAfter(error.value, retries);
      if (untilMs === undefined) throw error;
      yield* sleepUntil(untilMs);
    }
  }
}

export interface Backoff {
  readonly initialDelaySeconds: number;
  readonly multiplier: number;
  readonly maxDelaySeconds: number;
}

/** When a pause that begins now is over; it grows with each retry. */
export function* backoffEnd(
  {initialDelaySeconds, multiplier, maxDelaySeconds}: Backoff,
  retries: number,
): Work<number> {
  const seconds = Math.min(initialDelaySeconds * multiplier ** retries, maxDelaySeconds);
  return (yield* now()) + seconds * 1000;
}

function* policyAnswer(
  {predicate, maxRetries, backoff}: Retry,
  failed: {readonly error: Value; readonly retries: number},
  context: Context,
): Work<number | undefined> {
  const {error, retries} = failed;
  const shouldRetry = asCondition('predicate', yield* callByPosition(predicate, [error], context));
  if (!shouldRetry || retries >= numberOf('max_retries', yield* fill(maxRetries, context))) return undefined;
  const delays = yield* fill(backoff, context);
  return yield* backoffEnd(
    {
      initialDelaySeconds: numberIn(delays, 'initial_delay'),
      multiplier: numberIn(delays, 'multiplier'),
      maxDelaySeconds: numberIn(delays, 'max_delay'),
    },
    retries,
  );
}

function numberIn(backoff: Value, key: string): number {
  return numberOf(`backoff.${key}`, isMap(backoff) ? (backoff.get(key) ?? null) : null);
}

function numberOf(what: string, value: Value): number {
  if (isNumeric(value) && value >= 0) return Number(value);
  throw failure('TypeError', `${what} must be a number that is not negative`);
}
