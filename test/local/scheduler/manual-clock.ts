import type {Clock} from '../../../local/scheduler/clock.ts';

/** A clock that a test moves. */
export class ManualClock implements Clock {
  #now: Date;
  readonly #waiting = new Map<() => void, Date>();

  constructor(now: string) {
    this.#now = new Date(now);
  }

  now(): Date {
    return this.#now;
  }

  at(instant: Date, work: () => void): () => void {
    this.#waiting.set(work, instant);
    return () => this.#waiting.delete(work);
  }

  /** Moves to an instant, and calls back whoever waits for one until then. */
  moveTo(now: string): void {
    this.#now = new Date(now);
    for (const [work, instant] of [...this.#waiting]) {
      if (instant > this.#now) continue;
      this.#waiting.delete(work);
      work();
    }
  }

  get waiting(): readonly string[] {
    return [...this.#waiting.values()].map((instant) => instant.toISOString());
  }
}
