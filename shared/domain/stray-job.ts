import type {EffectRecord} from './effect.ts';
import {isTerminal, type Run} from './run.ts';

/** A job as the service lists it, with what its labels say. */
interface LabelledJob {
  readonly name: string;
  readonly attempt?: number;
}

/**
 * Why a job that is under way must not go on; undefined when it may.
 * `orphan`: its run has ended. `duplicate`: its effect has another job, or its attempt was given up.
 * A job of a run that nobody here knows may be another deployment's in the same project, so it is left alone.
 * @param record of the effect that the job was started for
 */
export function strayReason(
  {name, attempt = 0}: LabelledJob,
  run: Run | undefined,
  record: EffectRecord | undefined,
): 'orphan' | 'duplicate' | undefined {
  if (run === undefined) return undefined;
  if (isTerminal(run.state)) return 'orphan';
  if (record === undefined) return undefined;
  if (record.resource !== undefined) return record.resource === name ? undefined : 'duplicate';
  const isGivenUp = attempt < record.attempt || record.refused;
  return isGivenUp ? 'duplicate' : undefined;
}
