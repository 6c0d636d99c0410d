import {syncBuiltinESMExports} from 'node:module';
import timers from 'node:timers/promises';

/** What a process of the rig needs to know of its time. */
export interface FastClock {
  /** The instant, in real milliseconds since 1970, from which on time runs faster. The same in all processes, so that they agree. */
  readonly sinceMs: number;
  readonly factor: number;
}

/** Shorter waits poll for something; faster they would only burn the processor. */
const SHORTEST_MS = 20;

/**
 * Makes time run faster in this process: `Date` and every timer. So back-offs, deadlines, the quarantine and the schedule of the
 * sweep keep the values they have in the cloud, and a minute of waiting is over in seconds.
 */
export function runFaster({sinceMs, factor}: FastClock): void {
  const realNow = Date.now;
  const now = () => sinceMs + (realNow() - sinceMs) * factor;
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
    apply: () => new RealDate(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });

  const shorter = (ms: unknown) => {
    const wait = Number(ms ?? 0);
    return wait <= SHORTEST_MS ? wait : Math.max(SHORTEST_MS, wait / factor);
  };
  const {setTimeout: later, setInterval: repeat} = globalThis;
  const faster = <T extends typeof later | typeof repeat>(timer: T): T =>
    new Proxy(timer, {
      apply: (target, self, [work, ms, ...args]) => Reflect.apply(target, self, [work, shorter(ms), ...args]),
    });
  globalThis.setTimeout = faster(later);
  globalThis.setInterval = faster(repeat);
  const {timeout} = AbortSignal;
  // Whole milliseconds, or it throws.
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, Math.ceil(shorter(ms)));
  const {setTimeout: wait} = timers;
  timers.setTimeout = (ms, ...args) => wait(shorter(ms), ...args);
  syncBuiltinESMExports();
}
