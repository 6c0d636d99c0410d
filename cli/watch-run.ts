import {setTimeout as pause} from 'node:timers/promises';
import {isTerminal, type Run} from '../shared/domain/run.ts';
import type {Job} from '../shared/job-ports.ts';
import {platformOf} from '../shared/platform-of.ts';
import type {Ports} from '../shared/ports.ts';
import {type News, newsBetween, type Snapshot} from './news.ts';

const POLL_MS = 250;

/** Tells what happens to a run until it ends, or is a canary and waits for a person; returns the run then. It may not exist yet. */
export async function* watchRun(runId: string, ports: Ports): AsyncGenerator<News, Run> {
  let before: Snapshot | undefined;
  let job: Job | undefined;
  for (;;) {
    const run = await ports.runs.find(runId);
    if (run !== undefined) {
      job = hasEnded(job) ? job : await findTuningJob(run, ports);
      const after = {run, trials: job?.trials ?? []};
      yield* newsBetween(before, after);
      if (isTerminal(run.state) || run.state === 'canary') return run;
      before = after;
    }
    await pause(POLL_MS);
  }
}

async function findTuningJob(run: Run, ports: Ports): Promise<Job | undefined> {
  const id = run.tuning?.job.split('/').at(-1);
  return id === undefined ? undefined : platformOf(run, ports).jobs.find(id);
}

function hasEnded(job: Job | undefined): boolean {
  return job !== undefined && job.state !== 'waiting' && job.state !== 'running';
}
