import type {Clock} from '../../../../local/workflows/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly ring: () => void;
}

/** A clock that stands still until it is told to go on to the next timer. */
export class VirtualClock implements Clock {
  #nowMs = Date.parse('2026-01-01T00:00:00Z');
  #timers: Timer[] = [];

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = {atMs: this.#nowMs + ms, ring: resolve};
      this.#timers.push(timer);
      signal.addEventListener('abort', () => {
        this.#timers = this.#timers.filter((one) => one !== timer);
        reject(signal.reason);
      });
    });
  }

  /** Goes to the earliest timer and rings it. False when there is none. */
  advance(): boolean {
    const next = this.#timers.reduce<Timer | undefined>(
      (first, timer) => (first === undefined || timer.atMs < first.atMs ? timer : first),
      undefined,
    );
    if (next === undefined) return false;
    this.#timers = this.#timers.filter((timer) => timer !== next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.ring();
    return true;
  }
}
