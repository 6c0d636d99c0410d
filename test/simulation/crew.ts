import {once} from 'node:events';
import {Worker} from 'node:worker_threads';
import type {Report, Task} from './task.ts';

const CORES = 2;

/** Plays schedules on two cores. */
export class Crew {
  readonly #workers = Array.from({length: CORES}, () => new Worker(new URL('./worker.ts', import.meta.url)));

  /** One report per task, in their order. */
  async play(tasks: readonly Task[]): Promise<Report[]> {
    const reports: Report[] = [];
    const numbered = tasks.entries();
    const work = async (worker: Worker) => {
      for (const [index, task] of numbered) {
        worker.postMessage(task);
        [reports[index]] = await once(worker, 'message');
      }
    };
    await Promise.all(this.#workers.map(work));
    return reports;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
