import {now, sleepUntil, type Work} from '../run/effect.ts';
import {failure} from '../run/raised.ts';
import {isMap, type Value} from '../run/value.ts';
import {asMap, asNumber} from '../stdlib/std-function.ts';

/** `connector_params`: https://cloud.google.com/workflows/docs/reference/googleapis */
export interface Polling {
  readonly isSkipped: boolean;
  readonly timeoutSeconds: number;
  readonly initialDelaySeconds: number;
  readonly multiplier: number;
  readonly maxDelaySeconds: number;
}

export function pollingOf(params: Value): Polling {
  const fields = params === null ? new Map<string, Value>() : asMap(params);
  const policy = fields.get('polling_policy') ?? null;
  const policyFields = isMap(policy) ? policy : new Map<string, Value>();
  const numberIn = (map: ReadonlyMap<string, Value>, key: string, fallback: number) =>
    Number(asNumber(map.get(key) ?? fallback));
  return {
    isSkipped: fields.get('skip_polling') === true,
    timeoutSeconds: numberIn(fields, 'timeout', 1800),
    initialDelaySeconds: numberIn(policyFields, 'initial_delay', 1),
    multiplier: numberIn(policyFields, 'multiplier', 1.25),
    maxDelaySeconds: numberIn(policyFields, 'max_delay', 60),
  };
}

/** Asks with growing pauses until `isDone`. @throws Raised TimeoutError */
export function* poll(
  polling: Polling,
  first: Value,
  ask: {read: () => Work<Value>; isDone: (value: Value) => boolean},
): Work<Value> {
  const deadlineMs = (yield* now()) + polling.timeoutSeconds * 1000;
  let delaySeconds = polling.initialDelaySeconds;
  let latest = first;
  while (!ask.isDone(latest)) {
    const wakeMs = (yield* now()) + delaySeconds * 1000;
    if (wakeMs > deadlineMs) throw failure('TimeoutError', 'timed out waiting for a long-running operation');
    yield* sleepUntil(wakeMs);
    delaySeconds = Math.min(delaySeconds * polling.multiplier, polling.maxDelaySeconds);
    latest = yield* ask.read();
  }
  return latest;
}
