import type {Run} from './run.ts';

/** The number of the job that a run waits for, or whose result it has not yet used; undefined when there is none on record. */
export function awaitedJobOf({state, tuning, training}: Run): string | undefined {
  const waitsForTuning = state === 'tuning' || state === 'tuned';
  const name = waitsForTuning ? tuning?.job : state === 'training' ? training?.job : undefined;
  return name?.split('/').at(-1);
}
