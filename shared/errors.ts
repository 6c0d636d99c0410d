import {hideSecrets} from './domain/secrets.ts';

/** What a person needs to mend a failure: a stable code, one sentence, the place, and what to do next. */
export interface Complaint {
  /** Upper-case words with underscores, e.g. `COLUMN_MISSING`; documented in docs/reference/errors.md. */
  readonly code: string;
  readonly message: string;
  /** The object, line, field path or resource the message is about. */
  readonly where?: string;
  /** What to do next, in the imperative. */
  readonly hint?: string;
}

/**
 * No later delivery can succeed: the run (or the rejected event) is closed with this complaint and the event is acknowledged. What it says is
 * recorded and answered, so secrets in it are hidden.
 */
export class PermanentError extends Error implements Complaint {
  override readonly name = 'PermanentError';
  readonly code: string;
  readonly where?: string;
  readonly hint?: string;

  constructor(code: string, message: string, options: {where?: string; hint?: string; cause?: unknown} = {}) {
    super(hideSecrets(message), {cause: options.cause});
    this.code = code;
    if (options.where !== undefined) this.where = hideSecrets(options.where);
    if (options.hint !== undefined) this.hint = options.hint;
  }
}

/** A later delivery may succeed, so the event is not acknowledged. Errors of unknown kind are treated the same way. */
export class RetryableError extends Error {
  override readonly name: string = 'RetryableError';

  constructor(message: string, cause?: unknown) {
    super(message, {cause});
  }
}

/** Nothing went wrong, it is only too early: the next delivery finds out, within seconds to minutes. Costs no attempt of the stage. */
export class NotYetError extends RetryableError {
  override readonly name: string = 'NotYetError';
}

/** Another delivery is doing the same at this moment. Comes again in case that one dies, and is no news to anybody. */
export class TakenError extends NotYetError {
  override readonly name = 'TakenError';
}

/** Retryable, and the service certainly did nothing (429, 401, connection refused): the next attempt need not wait to find out. */
export class RefusedError extends RetryableError {
  override readonly name = 'RefusedError';
}

/** The complaint as plain data: no properties of an Error, no undefined ones. */
export function complaintOf({code, message, where, hint}: LooseComplaint): Complaint {
  return {code, message, ...(where === undefined ? {} : {where}), ...(hint === undefined ? {} : {hint})};
}

interface LooseComplaint {
  readonly code: string;
  readonly message: string;
  readonly where?: string | undefined;
  readonly hint?: string | undefined;
}
