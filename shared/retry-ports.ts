import type {RetryAsk, RetryClaim} from './domain/retry.ts';

/** Failed attempts of the stages of a run, counted until the run moves (Firestore). */
export interface Retries {
  /**
   * Counts a failed attempt, unless a retry of the stage is pending. One that is overdue, because its execution has died, is not.
   * @returns how many have failed; undefined when the run has ended or shall be cancelled, so that there is nothing to retry
   * @throws PermanentError NO_SUCH_RUN
   */
  fail(runId: string, stage: string, message: string): Promise<number | undefined>;
  /** Lets one execution of the workflow look after a failed attempt; asked again, it answers the same. */
  claim(ask: RetryAsk): Promise<RetryClaim>;
  /** Ends the pause after a failed attempt: the next failure counts anew. False when the run went on without it. */
  release(ask: RetryAsk): Promise<boolean>;
}
