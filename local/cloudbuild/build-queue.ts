/** Cloud Build's default pool: https://cloud.google.com/build/quotas */
const CONCURRENT_BUILDS = 10;

/** Works on a build until it is over or its signal aborts. Must not reject. */
export type Work = (id: string, signal: AbortSignal) => Promise<void>;

/** Runs builds in the order they came, ten at a time. */
export class BuildQueue {
  readonly #work: Work;
  readonly #waiting: string[] = [];
  readonly #running = new Map<string, {readonly controller: AbortController; readonly over: Promise<void>}>();
  #closed = false;

  constructor(work: Work) {
    this.#work = work;
  }

  add(id: string): void {
    this.#waiting.push(id);
    this.#next();
  }

  /** Ends the work on a build, if there is any. */
  drop(id: string): void {
    const at = this.#waiting.indexOf(id);
    if (at >= 0) this.#waiting.splice(at, 1);
    this.#running.get(id)?.controller.abort();
  }

  /** Ends all work and waits until it is over; nothing new begins. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#running.values()];
    for (const {controller} of running) controller.abort();
    await Promise.all(running.map(({over}) => over));
  }

  #next(): void {
    if (this.#closed || this.#running.size >= CONCURRENT_BUILDS) return;
    const id = this.#waiting.shift();
    if (id === undefined) return;
    const controller = new AbortController();
    const over = this.#work(id, controller.signal).finally(() => {
      this.#running.delete(id);
      this.#next();
    });
    this.#running.set(id, {controller, over});
  }
}
