import type {RunState} from './run.ts';

/** The kind of job that a run in this state waits for, or whose result it has not yet used; undefined when there is none. */
export function awaitedKindOf(state: RunState): 'tuning' | 'training' | undefined {
  if (state === 'tuning' || state === 'tuned') return 'tuning';
  return state === 'training' ? 'training' : undefined;
}
