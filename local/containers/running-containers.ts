import type {ContainerExit, RunningContainer} from './containers.ts';

/** As `docker run` exits when the container could not be created. */
const NOT_STARTED = 125;

/** The containers an engine has under way. */
export class RunningContainers {
  readonly #running = new Map<AbortController, Promise<ContainerExit>>();

  /** Starts `run`, which ends when its signal aborts. When it rejects, the container exits with 125 and the message as its log. */
  start(run: (signal: AbortSignal) => Promise<ContainerExit>): RunningContainer {
    const controller = new AbortController();
    const exited = run(controller.signal)
      .catch((error) => ({
        code: NOT_STARTED,
        logTail: error instanceof Error ? error.message : String(error),
      }))
      .finally(() => this.#running.delete(controller));
    this.#running.set(controller, exited);
    return {exited, kill: () => controller.abort()};
  }

  async close(): Promise<void> {
    for (const controller of this.#running.keys()) controller.abort();
    await Promise.all(this.#running.values());
  }
}
