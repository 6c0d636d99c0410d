import type {Limit} from './domain/request-limits.ts';
import type {RunInput} from './domain/run.ts';

/** What keeps requests by hand from being done twice, or too often (Firestore). */
export interface Requests {
  /**
   * Remembers a request under its key, counting it as one of its caller's.
   * @returns `new`; `again` when it came before and has no answer yet; `answered`; `other-body` when the key was used for
   * another request; `refused` when the caller asks too often
   */
  open(request: {key: string; caller: string; bodyDigest: string}): Promise<OpenedRequest>;
  /**
   * The epoch of the rerun that this request makes: a new one for each request, the same one for its repeats.
   * @param limit how many of one input may be granted; without it, this one neither counts nor is refused
   */
  epoch(
    key: string,
    input: Pick<RunInput, 'bucket' | 'name' | 'generation'>,
    limit?: Limit,
  ): Promise<{kind: 'granted'; epoch: number} | TooMany>;
  /** Remembers what was answered. A request done again has the same answer, so it does not matter whose comes last. */
  answer(key: string, answer: RequestAnswer): Promise<void>;
}

export type OpenedRequest =
  | {readonly kind: 'new' | 'again' | 'other-body'}
  | {readonly kind: 'answered'; readonly answer: RequestAnswer}
  | TooMany;

/** The run that a request was about, or has made. */
export interface RequestAnswer {
  readonly run: string;
}

interface TooMany {
  readonly kind: 'refused';
  readonly retryAfterSeconds: number;
}

/** Who calls an HTTP function. No stage needs it, so it is none of the ports that stages get. */
export interface Identity {
  /**
   * @param authorization the header `Authorization`
   * @returns the e-mail address of a caller who may call this deployment
   * @throws PermanentError TOKEN_INVALID, CALLER_REFUSED; RetryableError when Google's keys cannot be read
   */
  caller(authorization: string | undefined): Promise<string>;
}
