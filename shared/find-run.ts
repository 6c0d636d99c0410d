import type {Run} from './domain/run.ts';
import {PermanentError} from './errors.ts';
import type {Ports} from './ports.ts';

/** @throws PermanentError NO_SUCH_RUN, which handle() records as a reject: there is no run to close */
export async function findRun(runId: string, ports: Pick<Ports, 'runs'>): Promise<Run> {
  const run = await ports.runs.find(runId);
  if (run !== undefined) return run;
  throw new PermanentError('NO_SUCH_RUN', `there is no run ${runId}`, {
    where: `runs/${runId}`,
    hint: 'See the known ones with "millrace runs".',
  });
}

/** A fact that an earlier stage must have recorded. @throws PermanentError RUN_INCOMPLETE */
export function factOf<Fact extends 'definition' | 'split' | 'image' | 'tuning' | 'training'>(
  run: Run,
  fact: Fact,
): NonNullable<Run[Fact]> {
  const value = run[fact];
  if (value !== undefined) return value;
  throw new PermanentError('RUN_INCOMPLETE', `run ${run.id} is ${run.state} but has no ${fact}`, {
    hint: 'Rerun it; if it happens again, the state was changed by hand.',
  });
}
